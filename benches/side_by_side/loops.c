/* The limits that the library is measured against: hand-written loops, OpenMP on all cores.
 *
 * usage: loops ELEMENTS ROUNDS
 * Prints one line per row: NAME SECONDS_OF_THE_FIRST_RUN MEDIAN_SECONDS. Memory is reused after the
 * first run, in huge pages where the system grants them, each thread on the half it touched first.
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
static int rounds;

static double *array(double scale) {
    size_t bytes = (n * sizeof(double) + (2 << 20) - 1) & ~(size_t)((2 << 20) - 1);
    double *a = aligned_alloc(2 << 20, bytes);
    if (!a) { perror("aligned_alloc"); exit(1); }
    madvise(a, bytes, MADV_HUGEPAGE);
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < n; i++) a[i] = scale * (double)(i % 1000) / 1000.0 + 0.25;
    return a;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

#define ROW(name, body)                                                        \
    do {                                                                       \
        double first = 0, times[64];                                           \
        for (int round = 0; round <= rounds; round++) {                        \
            double start = omp_get_wtime();                                    \
            body;                                                              \
            double seconds = omp_get_wtime() - start;                          \
            if (round == 0) first = seconds; else times[round - 1] = seconds;  \
        }                                                                      \
        qsort(times, rounds, sizeof(double), ascending);                       \
        printf("%s %.6f %.6f\n", name, first, times[rounds / 2]);              \
        fflush(stdout);                                                        \
    } while (0)

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
    rounds = argc > 2 ? atoi(argv[2]) : 7;
    if (rounds < 1 || rounds > 64) { fprintf(stderr, "ROUNDS must be 1 to 64\n"); return 2; }
    double *a = array(1), *b = array(2), *c = array(3), *d = array(4), *y = array(0);
    volatile double sink = 0;
    ROW("sin", transcendental(y, a, b));
    ROW("chain", chain(y, a, b, c, d));
    ROW("chain_streamed", chain_streamed(y, a, b, c, d));
    ROW("sum", sink += total(a));
    size_t side = (size_t)sqrt((double)n);
    ROW("columns", rows_to_columns(y, a, side));
    ROW("memcpy", plain_copy(y, a));
    return sink == 0.125;
}
