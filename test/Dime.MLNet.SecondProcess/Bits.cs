using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.SecondProcess;

/// <summary>Values as text from which not a bit is lost.</summary>
internal static class Bits
{
    public static IEnumerable<string> Of(IDataView data, string columnName) =>
        data.Schema[columnName].Type == BooleanDataViewType.Instance
            ? data.GetColumn<bool>(columnName).Select(flag => flag ? "1" : "0")
            : data.GetColumn<float>(columnName).Select(Of);

    public static string Of(float value) => BitConverter.SingleToUInt32Bits(value).ToString("X8", null);
}
