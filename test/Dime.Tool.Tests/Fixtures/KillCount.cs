using System.Globalization;

namespace Dime.Tool.Tests.Fixtures;

/// <summary>How often processes are killed at random moments: <c>DIME_KILLS</c> says it for runs by hand.</summary>
internal static class KillCount
{
    public static int Value => int.TryParse(Environment.GetEnvironmentVariable("DIME_KILLS"), CultureInfo.InvariantCulture, out int count) ? count : 1;
}
