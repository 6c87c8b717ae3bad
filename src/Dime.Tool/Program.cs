using System.Globalization;
using Dime.Tool.Commands;
using Dime.Tool.Outputs;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

// Here, so that an interrupted command that does not come to its end leaves nothing behind either.
using var files = new OutputFiles();
return await DimeCommandLine.Program.RunAsync(args, files);
