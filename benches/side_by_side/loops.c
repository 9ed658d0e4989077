/* The limits that the library is measured against: hand-written loops, OpenMP on all cores.
 *
 * usage: loops ELEMENTS, then the name of one row per line of standard input
 * Each line is answered with the seconds that the row took, once. The first row that writes finds fresh
 * memory; afterwards it is reused. Memory is in huge pages where the system grants them, each thread works
 * on the half it touched first.
 */
#define _GNU_SOURCE
#include <immintrin.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static size_t n;

static double *fresh(void) {
    size_t bytes = (n * sizeof(double) + (2 << 20) - 1) & ~(size_t)((2 << 20) - 1);
    double *a = aligned_alloc(2 << 20, bytes);
    if (!a) { perror("aligned_alloc"); exit(1); }
    madvise(a, bytes, MADV_HUGEPAGE);
    return a;
}

static double *array(double scale) {
    double *a = fresh();
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < n; i++) a[i] = scale * (double)(i % 1000) / 1000.0 + 0.25;
    return a;
}

static void chain(double *restrict y, const double *restrict a, const double *restrict b,
                  const double *restrict c, const double *restrict d) {
#pragma omp parallel for simd schedule(static)
    for (size_t i = 0; i < n; i++) y[i] = (a[i] * b[i] + c[i] - d[i]) * 0.5;
}

#if defined(__AVX512F__)
#define WIDTH 8
typedef __m512d vector;
#define LOAD _mm512_loadu_pd
#define STREAM _mm512_stream_pd
#define MUL _mm512_mul_pd
#define ADD _mm512_add_pd
#define SUB _mm512_sub_pd
#define ALL _mm512_set1_pd
#else
#define WIDTH 4
typedef __m256d vector;
#define LOAD _mm256_loadu_pd
#define STREAM _mm256_stream_pd
#define MUL _mm256_mul_pd
#define ADD _mm256_add_pd
#define SUB _mm256_sub_pd
#define ALL _mm256_set1_pd
#endif

/* As `chain`, with stores that bypass the cache. */
static void chain_streamed(double *y, const double *a, const double *b, const double *c, const double *d) {
    vector half = ALL(0.5);
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < n - n % WIDTH; i += WIDTH)
        STREAM(y + i, MUL(SUB(ADD(MUL(LOAD(a + i), LOAD(b + i)), LOAD(c + i)), LOAD(d + i)), half));
    for (size_t i = n - n % WIDTH; i < n; i++) y[i] = (a[i] * b[i] + c[i] - d[i]) * 0.5;
    _mm_sfence();
}

static void transcendental(double *restrict y, const double *restrict x, const double *restrict z) {
#pragma omp parallel for simd schedule(static)
    for (size_t i = 0; i < n; i++) y[i] = 2 * x[i] + 3 * sin(x[i]) - sqrt(fabs(z[i]));
}

static double total(const double *a) {
    double sum = 0;
#pragma omp parallel for simd schedule(static) reduction(+ : sum)
    for (size_t i = 0; i < n; i++) sum += a[i];
    return sum;
}

/* The block of a thread as rows becomes its block as columns, and back: each row piece one memcpy. */
static void rows_to_columns(double *y, const double *x, size_t side) {
#pragma omp parallel
    {
        size_t threads = omp_get_num_threads(), me = omp_get_thread_num();
        size_t rows = (side + threads - 1) / threads, columns = rows;
        size_t first_column = me * columns, width = side - first_column < columns ? side - first_column : columns;
        double *own = y + first_column * side;
        for (size_t other = 0; other < threads; other++)
            for (size_t r = other * rows; r < (other + 1) * rows && r < side; r++)
                memcpy(own + r * width, x + r * side + first_column, width * sizeof(double));
    }
}

static void plain_copy(double *y, const double *x) {
#pragma omp parallel
    {
        size_t threads = omp_get_num_threads(), me = omp_get_thread_num(), part = n / threads;
        memcpy(y + me * part, x + me * part, part * sizeof(double));
    }
}

int main(int argc, char **argv) {
    n = argc > 1 ? strtoull(argv[1], 0, 10) : 100000000;
    double *a = array(1), *b = array(2), *c = array(3), *d = array(4), *y = fresh();
    size_t side = (size_t)sqrt((double)n);
    volatile double sink = 0;
    char row[64];
    while (scanf("%63s", row) == 1) {
        double start = omp_get_wtime();
        if (!strcmp(row, "sin")) transcendental(y, a, b);
        else if (!strcmp(row, "chain")) chain(y, a, b, c, d);
        else if (!strcmp(row, "chain_streamed")) chain_streamed(y, a, b, c, d);
        else if (!strcmp(row, "sum")) sink += total(a);
        else if (!strcmp(row, "columns")) rows_to_columns(y, a, side);
        else if (!strcmp(row, "memcpy")) plain_copy(y, a);
        else { fprintf(stderr, "there is no row %s\n", row); return 2; }
        printf("%.9f\n", omp_get_wtime() - start);
        fflush(stdout);
    }
    return sink == 0.125;
}
