using System.Globalization;
using Dime.Soak.Measuring;
using Dime.Soak.Swaps;
using Dime.Soak.Threads;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
try
{
    switch (args)
    {
        case ["threads", var seconds]:
            ThreadSoak.Run(TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)));
            break;
        case ["swaps", var seconds, var process, var address, var served, var images, var first, var second]:
            await SwapSoak.RunAsync(new SwapSettings(
                TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)), int.Parse(process, CultureInfo.InvariantCulture), new Uri(address), served, images, [first, second]));
            break;
        default:
            await Console.Error.WriteLineAsync("Dime.Soak threads <seconds> | swaps <seconds> <process> <address> <served.zip> <images | rows.csv> <a> <b>, with a.zip and a.csv, what it says of the rows; swaps is run by serve.sh.");
            return 2;
    }

    Console.WriteLine("All as it must be.");
    return 0;
}
catch (SoakException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
