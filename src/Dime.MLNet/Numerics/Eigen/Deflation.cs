namespace Dime.MLNet.Numerics.Eigen;

/// <summary>
/// The rank-one problem diag(d) + ρ·z·zᵀ that couples two blocks, with the pairs split off that it leaves as they are:
/// those with negligible z, and one of any two whose d are so close that a rotation can make its z zero.
/// </summary>
internal sealed unsafe class Deflation : IDisposable
{
    private readonly int _leftOrder;
    private readonly int _rightOrder;
    private readonly double*[] _left;
    private readonly double*[] _right;
    private readonly double[] _d;
    private readonly double[] _z;
    private readonly List<AlignedBuffer<double>> _fill = [];

    public Deflation(TridiagonalBlock left, TridiagonalBlock right, double coupling)
    {
        _leftOrder = left.Order;
        _rightOrder = right.Order;
        int count = left.Order + right.Order;
        _left = new double*[count];
        _right = new double*[count];
        _d = new double[count];
        _z = new double[count];
        for (int i = 0; i < left.Order; i++)
        {
            _left[i] = left.Vector(i);
            _d[i] = left.Values[i];
            _z[i] = left.Vector(i)[left.Order - 1] * Math.Sqrt(0.5);
        }

        double sign = coupling < 0.0 ? -1.0 : 1.0;
        for (int i = 0; i < right.Order; i++)
        {
            int at = left.Order + i;
            _right[at] = right.Vector(i);
            _d[at] = right.Values[i];
            _z[at] = sign * right.Vector(i)[0] * Math.Sqrt(0.5);
        }

        Rho = 2.0 * Math.Abs(coupling);
        Split(MergeOrders(left, right));
    }

    public double Rho { get; }

    /// <summary>The pairs that take part, by ascending d.</summary>
    public List<int> Active { get; } = [];

    /// <summary>The pairs that are final.</summary>
    public List<int> Deflated { get; } = [];

    public double Value(int pair) => _d[pair];

    public double Weight(int pair) => _z[pair];

    /// <summary>The part of a vector within the left block, or null where it is zero.</summary>
    public double* Left(int pair) => _left[pair];

    /// <summary>The part of a vector within the right block, or null where it is zero.</summary>
    public double* Right(int pair) => _right[pair];

    public void Dispose() => _fill.ForEach(memory => memory.Dispose());

    private static int[] MergeOrders(TridiagonalBlock left, TridiagonalBlock right)
    {
        int[] merged = new int[left.Order + right.Order];
        int i = 0, j = 0;
        for (int at = 0; at < merged.Length; at++)
        {
            bool fromLeft = j == right.Order
                || (i < left.Order && left.Values[left.Ascending[i]] <= right.Values[right.Ascending[j]]);
            merged[at] = fromLeft ? left.Ascending[i++] : left.Order + right.Ascending[j++];
        }

        return merged;
    }

    private void Split(int[] ascending)
    {
        double tolerance = Tolerance();
        int open = -1;
        foreach (int pair in ascending)
        {
            if (Rho * Math.Abs(_z[pair]) <= tolerance)
            {
                Deflated.Add(pair);
                continue;
            }

            if (open >= 0)
            {
                (TryRotate(open, pair, tolerance) ? Deflated : Active).Add(open);
            }

            open = pair;
        }

        if (open >= 0)
        {
            Active.Add(open);
        }
    }

    private double Tolerance()
    {
        double largest = 0.0;
        for (int i = 0; i < _d.Length; i++)
        {
            largest = Math.Max(largest, Math.Max(Math.Abs(_d[i]), Math.Abs(_z[i])));
        }

        return 8.0 * VectorOperations.Epsilon * largest;
    }

    /// <summary>Moves all of the weight of the first pair to the second, if what this couples them by is negligible.</summary>
    private bool TryRotate(int first, int second, double tolerance)
    {
        double length = Math.Sqrt((_z[first] * _z[first]) + (_z[second] * _z[second]));
        double c = _z[second] / length;
        double s = -_z[first] / length;
        double gap = _d[second] - _d[first];
        if (Math.Abs(gap * c * s) > tolerance)
        {
            return false;
        }

        _z[second] = length;
        _z[first] = 0.0;
        Rotate(_left, first, second, c, s, _leftOrder);
        Rotate(_right, first, second, c, s, _rightOrder);
        double d = _d[first];
        _d[first] = (d * c * c) + (_d[second] * s * s);
        _d[second] = (d * s * s) + (_d[second] * c * c);
        return true;
    }

    private void Rotate(double*[] parts, int first, int second, double c, double s, int order)
    {
        if (parts[first] == null && parts[second] == null)
        {
            return;
        }

        for (int side = 0; side < 2; side++)
        {
            int pair = side == 0 ? first : second;
            if (parts[pair] == null)
            {
                var memory = AlignedBuffer<double>.Zeroed(VectorOperations.Pad(order));
                _fill.Add(memory);
                parts[pair] = memory.Start;
            }
        }

        VectorOperations.Rotate(c, s, parts[first], parts[second], VectorOperations.Pad(order));
    }
}
