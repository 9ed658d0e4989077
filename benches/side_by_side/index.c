/* Indexing by hand, for `index_arrays.py`: a gather, a scatter-add, a compression by a mask, a transposition and a copy of
 * every other row, with OpenMP.
 *
 * usage: index ELEMENTS, then the name of one row per line of standard input
 *
 * Each line is answered with the seconds that the row took. A tenth as many places as elements are named. The scatter
 * sorts the places by thread first: the sums are the same in every run. The transposition goes by tiles. Memory is in huge pages where there are any.
 */
#include <math.h>
#include <omp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static void *room(size_t bytes) {
    void *memory = aligned_alloc(1 << 21, (bytes + (1 << 21) - 1) >> 21 << 21);
    madvise(memory, bytes, MADV_HUGEPAGE);
    return memory;
}

static uint64_t scattered(uint64_t number) {
    number *= 6364136223846793005u;
    number = (number ^ (number >> 29)) * 0x3C79AC492BA7B653u;
    return number >> 1;
}

int main(int argc, char **argv) {
    int64_t count = argc > 1 ? atoll(argv[1]) : 100000000, few = count / 10;
    int64_t side = (int64_t)sqrt((double)count);
    int threads = 2;
    double *array = room(count * 8), *changed = room(count * 8), *found = room(few * 8), *some = room(count * 8);
    double *values = room(few * 8);
    int64_t *places = room(few * 8);
    uint32_t *rows = room(few * 4);
    double *sorted = room(few * 8);
    uint8_t *mask = room(count);
    omp_set_num_threads(threads);
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < count; i++) {
        array[i] = changed[i] = (double)i / count;
        some[i] = 0;
        mask[i] = scattered(i) % 2 == 0;
    }
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < few; i++) {
        places[i] = scattered(i) % count;
        values[i] = (double)i / few;
        found[i] = sorted[i] = 0;
        rows[i] = 0;
    }
    char row[64];
    while (scanf("%63s", row) == 1) {
        double start = omp_get_wtime();
        if (!strcmp(row, "gather")) {
#pragma omp parallel for schedule(static)
            for (int64_t i = 0; i < few; i++) found[i] = array[places[i]];
        } else if (!strcmp(row, "scatter_add")) {
            int64_t half = (count + threads - 1) / threads, counts[2][2] = {{0}};
#pragma omp parallel
            {
                int me = omp_get_thread_num();
                int64_t low = few * me / threads, high = few * (me + 1) / threads, mine = 0;
                for (int64_t i = low; i < high; i++) mine += places[i] < half;
                counts[me][0] = mine, counts[me][1] = high - low - mine;
                int64_t next[2] = {low, low + mine};
                for (int64_t i = low; i < high; i++) {
                    int64_t to = next[places[i] >= half]++;
                    rows[to] = (uint32_t)places[i], sorted[to] = values[i];
                }
#pragma omp barrier
                for (int from = 0; from < threads; from++) {
                    int64_t first = few * from / threads + (me ? counts[from][0] : 0);
                    for (int64_t i = first; i < first + counts[from][me]; i++) changed[rows[i]] += sorted[i];
                }
            }
        } else if (!strcmp(row, "mask")) {
            int64_t counts[2];
#pragma omp parallel
            {
                int me = omp_get_thread_num();
                int64_t low = count * me / threads, high = count * (me + 1) / threads, next = 0;
                for (int64_t i = low; i < high; i++) next += mask[i];
                counts[me] = next;
#pragma omp barrier
                next = me ? counts[0] : 0;
                int64_t end = next + counts[me];
                for (int64_t i = low; i < high && next < end; i++) {
                    some[next] = array[i];
                    next += mask[i];
                }
            }
        } else if (!strcmp(row, "transpose")) {
            enum { TILE = 64 };
#pragma omp parallel for schedule(static)
            for (int64_t i = 0; i < side; i += TILE)
                for (int64_t j = 0; j < side; j += TILE) {
                    int64_t rows_end = i + TILE < side ? i + TILE : side, end = j + TILE < side ? j + TILE : side;
                    for (int64_t k = i; k < rows_end; k++)
                        for (int64_t l = j; l < end; l++)
                            some[k * side + l] = array[l * side + k];
                }
        } else if (!strcmp(row, "strided")) {
#pragma omp parallel for schedule(static)
            for (int64_t i = 0; i < side; i += 2)
                memcpy(some + i / 2 * (side - 2), array + i * side + 1, (side - 2) * 8);
        }
        printf("%.9f\n", omp_get_wtime() - start);
        fflush(stdout);
    }
    return 0;
}
