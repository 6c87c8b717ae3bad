// Compares detectors on the sample's network, or on one of the caller's own, and writes docs/detection.md.
//
//   dotnet run -c Release --project test/Dime.MLNet.Evidence
//   dotnet run -c Release --project test/Dime.MLNet.Evidence -- --onnx network.onnx --in photos --near other-photos --far scans
using System.Globalization;
using Dime.MLNet.Evidence.Command;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return new EvidenceCommand().Parse(args).Invoke();
