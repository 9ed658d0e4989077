/* The limit of movement between processes: row blocks to column blocks by MPI_Alltoallw with subarray types.
 *
 * usage: mpiexec -n 2 alltoallw ELEMENTS, then one line of standard input per run
 * Each line is answered with the seconds that one run took. The first run finds fresh memory.
 */
#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    MPI_Init(&argc, &argv);
    int ranks, rank;
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    int side = (int)sqrt(argc > 1 ? atof(argv[1]) : 1e8), part = side / ranks;
    if (part * ranks != side) {
        fprintf(stderr, "the side %d is no multiple of %d\n", side, ranks);
        MPI_Abort(MPI_COMM_WORLD, 2);
    }
    double *rows = malloc(sizeof(double) * part * side), *columns = malloc(sizeof(double) * part * side);
    for (size_t i = 0; i < (size_t)part * side; i++) rows[i] = rank + i * 1e-6;
    int ones[ranks], zeros[ranks];
    MPI_Datatype sends[ranks], receives[ranks];
    for (int peer = 0; peer < ranks; peer++) {
        ones[peer] = 1;
        zeros[peer] = 0;
        /* A square of my rows goes to each peer; its square becomes the peer's rows of my columns. */
        MPI_Type_create_subarray(2, (int[]){part, side}, (int[]){part, part}, (int[]){0, peer * part}, MPI_ORDER_C,
                                 MPI_DOUBLE, &sends[peer]);
        MPI_Type_create_subarray(2, (int[]){side, part}, (int[]){part, part}, (int[]){peer * part, 0}, MPI_ORDER_C,
                                 MPI_DOUBLE, &receives[peer]);
        MPI_Type_commit(&sends[peer]);
        MPI_Type_commit(&receives[peer]);
    }
    for (;;) {
        char row[64];
        int more = rank == 0 && scanf("%63s", row) == 1;
        MPI_Bcast(&more, 1, MPI_INT, 0, MPI_COMM_WORLD);
        if (!more) break;
        double start = MPI_Wtime();
        MPI_Alltoallw(rows, ones, zeros, sends, columns, ones, zeros, receives, MPI_COMM_WORLD);
        MPI_Barrier(MPI_COMM_WORLD);
        if (rank == 0) {
            printf("%.9f\n", MPI_Wtime() - start);
            fflush(stdout);
        }
    }
    MPI_Finalize();
    return 0;
}
