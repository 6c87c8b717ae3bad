namespace Dime.MLNet.Numerics.Eigen;

/// <summary>
/// Maps eigenvectors of the tridiagonal matrix back to those of the original: reflections are applied in groups,
/// as I − Vᵀ·T·V (compact WY form), so that the work is in matrix products.
/// </summary>
internal sealed unsafe class HouseholderReflectors
{
    private const int GroupSize = HouseholderTridiagonal.GroupSize;

    private readonly HouseholderTridiagonal _reduction;
    private readonly ForkJoin _threads;
    private readonly int _groups;

    private HouseholderReflectors(HouseholderTridiagonal reduction, ForkJoin threads)
    {
        _reduction = reduction;
        _threads = threads;
        _groups = reduction.Groups;
    }

    /// <summary>Multiplies each row of a row-major matrix by Q.</summary>
    public static void Apply(HouseholderTridiagonal reduction, double* rows, nint stride, int count, ForkJoin threads) =>
        new HouseholderReflectors(reduction, threads).Apply(rows, stride, count);

    private void Apply(double* rows, nint stride, int count)
    {
        using var triangles = AlignedBuffer<double>.Zeroed((long)_groups * GroupSize * GroupSize);
        _threads.Run(_groups, group => FormTriangle(group, Triangle(triangles, group)));

        using var inner = AlignedBuffer<double>.Uninitialized((long)count * GroupSize);
        using var middle = AlignedBuffer<double>.Uninitialized((long)count * GroupSize);
        for (int group = _groups - 1; group >= 0; group--)
        {
            ApplyGroup(group, Triangle(triangles, group), rows, stride, count, inner.Start, middle.Start);
        }
    }

    private static double* Triangle(AlignedBuffer<double> triangles, int group) => triangles.Start + ((nint)group * GroupSize * GroupSize);

    private int Size(int group) => Math.Min(GroupSize, _reduction.Order - (group * GroupSize));

    private double* Vector(int group, int index) => _reduction.Vector(group, index);

    /// <summary>
    /// The transpose of the upper triangular T, a row of <see cref="GroupSize"/> per reflection:
    /// column i of T is τᵢ·(−T·V·vᵢ above the diagonal, 1 on it).
    /// </summary>
    private void FormTriangle(int group, double* transposed)
    {
        int first = group * GroupSize;
        int size = Size(group);
        int length = VectorOperations.Pad(_reduction.Order) - first;
        double* products = stackalloc double[GroupSize + 4];
        for (int i = 0; i < size; i++)
        {
            double factor = _reduction.Factors[first + i];
            for (int j = 0; j < i; j += 4)
            {
                VectorOperations.Dot4(Vector(group, i), Vector(group, j), _reduction.GroupStride(group), length, products + j);
            }

            double* row = transposed + (i * GroupSize);
            for (int j = 0; j < i; j++)
            {
                double sum = 0.0;
                for (int k = j; k < i; k++)
                {
                    sum += transposed[(k * GroupSize) + j] * products[k];
                }

                row[j] = -factor * sum;
            }

            row[i] = factor;
        }
    }

    private void ApplyGroup(int group, double* transposed, double* rows, nint stride, int count, double* inner, double* middle)
    {
        int first = group * GroupSize;
        int size = Size(group);
        double*[] vectors = new double*[size];
        double*[] triangleRows = new double*[size];
        for (int i = 0; i < size; i++)
        {
            vectors[i] = Vector(group, i);
            triangleRows[i] = transposed + (i * GroupSize);
        }

        using var across = PackedPanels<double>.FromColumns(vectors, _reduction.Order - first, _threads);
        using var triangle = PackedPanels<double>.FromRows(triangleRows, size, _threads);
        using var along = PackedPanels<double>.FromRows(vectors, _reduction.Order - first, _threads, negate: true);
        PackedProduct.Set(rows + first, stride, count, across, inner, GroupSize, _threads);
        PackedProduct.Set(inner, GroupSize, count, triangle, middle, GroupSize, _threads);
        PackedProduct.Add(middle, GroupSize, count, along, rows + first, stride, _threads);
    }
}
