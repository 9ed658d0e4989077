/* Jacobi's method with fixed borders by hand, OpenMP on all cores: what `jacobi.py` measures the library against.
 *
 * usage: jacobi SIDE, then a number of sweeps per line of standard input
 * Each line is answered with the seconds that the sweeps took. Memory is in huge pages where the system grants them,
 * each thread works on the rows it touched first.
 */
#define _GNU_SOURCE
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

static size_t side;

static double *square(void) {
    size_t bytes = (side * side * sizeof(double) + (2 << 20) - 1) & ~(size_t)((2 << 20) - 1);
    double *a = aligned_alloc(2 << 20, bytes);
    if (!a) { perror("aligned_alloc"); exit(1); }
    madvise(a, bytes, MADV_HUGEPAGE);
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < side; i++)
        for (size_t j = 0; j < side; j++) a[i * side + j] = (double)((i * side + j) % 1000) / 1000.0;
    return a;
}

static void sweep(double *restrict to, const double *restrict from) {
#pragma omp parallel for schedule(static)
    for (size_t i = 1; i < side - 1; i++) {
        const double *row = from + i * side;
#pragma omp simd
        for (size_t j = 1; j < side - 1; j++)
            to[i * side + j] = 0.25 * (row[j - side] + row[j + side] + row[j - 1] + row[j + 1]);
    }
}

int main(int argc, char **argv) {
    side = argc > 1 ? strtoull(argv[1], NULL, 10) : 8000;
    double *a = square(), *b = square();
    int sweeps;
    while (scanf("%d", &sweeps) == 1) {
        double start = omp_get_wtime();
        for (int turn = 0; turn < sweeps; turn++) {
            sweep(b, a);
            double *other = a;
            a = b;
            b = other;
        }
        printf("%.9f\n", omp_get_wtime() - start);
        fflush(stdout);
    }
}
