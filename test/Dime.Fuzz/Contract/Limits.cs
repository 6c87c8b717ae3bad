namespace Dime.Fuzz.Contract;

/// <summary>What holds of all targets: documented exceptions alone, an end in time, and memory in proportion to the input.</summary>
/// <param name="mostTime">How much time of processors an input may take: other work of the machine does not count.</param>
internal sealed class Limits(TimeSpan mostTime)
{
    // Code is compiled and garbage collected at some input or other; one that takes too long does so again.
    private const int Attempts = 3;

    private const int MostTimesItsSize = 4;

    /// <exception cref="BrokenPromiseException">The input shows that the target does not keep to them.</exception>
    public void Check(FuzzTarget target, byte[] input)
    {
        foreach (byte[] form in target.FormsOf(input))
        {
            CheckForm(target, form);
        }
    }

    private void CheckForm(FuzzTarget target, byte[] form)
    {
        TimeSpan time = TimeSpan.MaxValue;
        for (int attempt = 0; attempt < Attempts && time > mostTime; attempt++)
        {
            // Of all threads, garbage included, so that no work on another thread is missed; not what native code takes.
            long before = GC.GetTotalAllocatedBytes();
            TimeSpan start = Environment.CpuUsage.TotalTime;
            try
            {
                target.Run(form);
            }
            catch (Exception exception) when (target.Allows(exception))
            {
                // It was refused as it should be.
            }
            catch (Exception exception)
            {
                throw new BrokenPromiseException($"{target.Name} throws what is not documented: {exception.GetType().Name}: {exception.Message}", exception);
            }

            time = Environment.CpuUsage.TotalTime - start;
            long allocated = GC.GetTotalAllocatedBytes() - before;
            if (allocated > target.AllowanceBytes + ((long)MostTimesItsSize * form.Length))
            {
                throw new BrokenPromiseException($"{target.Name} allocates {allocated} bytes for {form.Length}.");
            }
        }

        if (time > mostTime)
        {
            throw new BrokenPromiseException($"{target.Name} takes {time.TotalSeconds:0.0} s for {form.Length} bytes.");
        }
    }
}

/// <summary>A target does not keep what is promised of it.</summary>
internal sealed class BrokenPromiseException(string message, Exception? inner = null) : Exception(message, inner);
