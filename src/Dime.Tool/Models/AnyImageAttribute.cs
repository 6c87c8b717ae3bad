using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Dime.Tool.Models;

/// <summary>Makes images of any size a column; ML.NET's own attribute cannot do without a size.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AnyImageAttribute : DataViewTypeAttribute
{
    public override void Register() => DataViewTypeManager.Register(new ImageDataViewType(), typeof(MLImage), this);

    public override bool Equals(DataViewTypeAttribute? other) => other is AnyImageAttribute;

    public override int GetHashCode() => typeof(AnyImageAttribute).GetHashCode();
}
