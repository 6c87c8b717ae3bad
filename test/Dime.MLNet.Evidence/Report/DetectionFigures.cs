using Dime.MLNet.Evidence.Calibration;
using Dime.MLNet.Evidence.Command;
using Dime.MLNet.Evidence.Data;
using Dime.MLNet.Evidence.Detectors;
using Dime.MLNet.Evidence.Text;

namespace Dime.MLNet.Evidence.Report;

/// <summary>All that the page tells.</summary>
internal sealed record DetectionFigures(
    EvidenceSettings Settings,
    Monitoring Monitoring,
    InDistributionRows Rows,
    Comparison Comparison,
    IReadOnlyList<FlaggedShare> Shares,
    IReadOnlyList<FlaggedShare> GeneratedShares,
    TextResult? Text);
