using System.Runtime.Intrinsics;
using Dime.MLNet.Numerics.Simd;

namespace Dime.MLNet.Numerics;

/// <summary>A block of rows, widened to double and packed into panels of columns, that fills up over several calls.</summary>
internal sealed unsafe class WidenedBlock
{
    /// <summary>The rows of a full block: enough that a pass over the matrix costs little, few enough for a core's second cache.</summary>
    public const int Capacity = 512;

    // One thread reads four cache lines of a row at a stretch.
    private const int GroupPanels = 4;

    private const int ParallelElements = 65_536;

    private readonly int _dimension;
    private readonly int _panelCount;
    private readonly AlignedBuffer<double> _rows;
    private AlignedBuffer<double>? _weightedRows;

    public WidenedBlock(int dimension)
    {
        _dimension = dimension;
        _panelCount = (dimension + PanelWidth - 1) / PanelWidth;
        _rows = AlignedBuffer<double>.Lasting((long)Capacity * _panelCount * PanelWidth);
    }

    public static int PanelSize => Capacity * PanelWidth;

    /// <summary>Gets the dimension in whole panels.</summary>
    public int PaddedDimension => _panelCount * PanelWidth;

    public int Count { get; private set; }

    public bool IsWeighted { get; private set; }

    /// <summary>Gets the rows' panels, each <see cref="Capacity"/> × <see cref="PanelWidth"/> elements.</summary>
    public AlignedBuffer<double> Rows => _rows;

    /// <summary>Gets the panels of the rows times their weights; the rows themselves where there are no weights.</summary>
    public AlignedBuffer<double> WeightedRows => IsWeighted ? _weightedRows! : _rows;

    private static int PanelWidth => TileKernel<double>.PanelWidth;

    public void Clear() => Count = 0;

    /// <summary>Appends rows and adds them, times their weights, to <paramref name="sum"/>.</summary>
    /// <param name="rows">count × dimension elements; no more than there is room for.</param>
    /// <param name="weights">One weight per row, or empty. A block that is not empty keeps the kind it has.</param>
    /// <param name="factors">What to multiply each row by, in double precision; or empty.</param>
    /// <param name="count">The rows to append.</param>
    /// <param name="sum">The running sum of the rows, padded to whole panels.</param>
    /// <param name="threads">The most threads to use.</param>
    public void Append(
        ReadOnlySpan<float> rows, ReadOnlySpan<float> weights, ReadOnlySpan<double> factors, int count, AlignedBuffer<double> sum, int threads)
    {
        IsWeighted = !weights.IsEmpty;
        if (IsWeighted)
        {
            _weightedRows ??= AlignedBuffer<double>.Lasting(_rows.Length);
        }

        fixed (float* source = rows, weight = weights)
        fixed (double* factor = factors, target = _rows, weighted = WeightedRows, total = sum)
        {
            var job = new Job(source, weight, factor, count, target + (Count * PanelWidth), weighted + (Count * PanelWidth), total);
            int groups = (_panelCount + GroupPanels - 1) / GroupPanels;
            if (threads == 1 || (long)count * _dimension < ParallelElements)
            {
                for (int group = 0; group < groups; group++)
                {
                    AppendGroup(job, group);
                }
            }
            else
            {
                AppendInParallel(job, groups, threads);
            }
        }

        Count += count;
    }

    private void AppendInParallel(Job job, int groups, int threads) =>
        ForkJoin.Run(groups, threads, group => AppendGroup(job, group));

    private void AppendGroup(in Job job, int group)
    {
        int firstPanel = group * GroupPanels;
        int lastPanel = Math.Min(firstPanel + GroupPanels, _panelCount);
        for (int r = 0; r < job.Count; r++)
        {
            float* row = job.Rows + ((nint)r * _dimension);
            for (int panel = firstPanel; panel < lastPanel; panel++)
            {
                int column = panel * PanelWidth;
                double* target = job.Target + ((nint)panel * PanelSize) + (r * PanelWidth);
                Widen(row + column, target, Math.Min(PanelWidth, _dimension - column));
                if (job.Factors != null)
                {
                    Scale(target, job.Factors[r], target);
                }

                double* weighted = target;
                if (job.Weights != null)
                {
                    weighted = job.Weighted + (target - job.Target);
                    Scale(target, job.Weights[r], weighted);
                }

                AddTo(job.Sum + column, weighted);
            }
        }
    }

    private static void Widen(float* source, double* target, int count)
    {
        int i = 0;
        for (; i + 8 <= count; i += 8)
        {
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(Vector256.Load(source + i));
            low.Store(target + i);
            high.Store(target + i + 4);
        }

        for (; i < count; i++)
        {
            target[i] = source[i];
        }
    }

    private static void Scale(double* source, double factor, double* target)
    {
        for (int i = 0; i < PanelWidth; i += 4)
        {
            (Vector256.Load(source + i) * factor).Store(target + i);
        }
    }

    private static void AddTo(double* sum, double* terms)
    {
        for (int i = 0; i < PanelWidth; i += 4)
        {
            (Vector256.Load(sum + i) + Vector256.Load(terms + i)).Store(sum + i);
        }
    }

    private readonly struct Job(float* rows, float* weights, double* factors, int count, double* target, double* weighted, double* sum)
    {
        public readonly float* Rows = rows;
        public readonly float* Weights = weights;
        public readonly double* Factors = factors;
        public readonly int Count = count;
        public readonly double* Target = target;
        public readonly double* Weighted = weighted;
        public readonly double* Sum = sum;
    }
}
