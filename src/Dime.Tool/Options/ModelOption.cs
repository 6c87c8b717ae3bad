using System.CommandLine;

namespace Dime.Tool.Options;

/// <summary>The option that names a fitted model.</summary>
internal sealed class ModelOption : Option<string>
{
    public ModelOption()
        : base("--model", "-m")
    {
        Description = "The model: a zip with a detector in its pipeline.";
        HelpName = "model.zip";
        Required = true;
    }
}
