using System.Diagnostics.CodeAnalysis;

namespace Dime.MLNet;

/// <summary>The types that the entries of an ONNX tensor can have: names and numbers of <c>TensorProto.DataType</c> in the ONNX format.</summary>
/// <remarks>A type that a later version of the format adds keeps its number.</remarks>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The names are ONNX's.")]
public enum OnnxElementType
{
    /// <summary>None is stated; <see cref="OnnxTensorInfo.ElementType"/> is null then.</summary>
    Undefined = 0,

    /// <summary>Single precision, <see cref="float"/>.</summary>
    Float = 1,

    /// <summary><see cref="byte"/>.</summary>
    UInt8 = 2,

    /// <summary><see cref="sbyte"/>.</summary>
    Int8 = 3,

    /// <summary><see cref="ushort"/>.</summary>
    UInt16 = 4,

    /// <summary><see cref="short"/>.</summary>
    Int16 = 5,

    /// <summary><see cref="int"/>.</summary>
    Int32 = 6,

    /// <summary><see cref="long"/>.</summary>
    Int64 = 7,

    /// <summary>Text in UTF-8.</summary>
    String = 8,

    /// <summary><see cref="bool"/>.</summary>
    Bool = 9,

    /// <summary>Half precision, <see cref="Half"/>.</summary>
    Float16 = 10,

    /// <summary>Double precision, <see cref="double"/>.</summary>
    Double = 11,

    /// <summary><see cref="uint"/>.</summary>
    UInt32 = 12,

    /// <summary><see cref="ulong"/>.</summary>
    UInt64 = 13,

    /// <summary>Complex numbers of two <see cref="float"/>.</summary>
    Complex64 = 14,

    /// <summary>Complex numbers of two <see cref="double"/>.</summary>
    Complex128 = 15,

    /// <summary>The upper half of a <see cref="float"/>: 8 bits of exponent, 7 of mantissa.</summary>
    BFloat16 = 16,

    /// <summary>8 bits: 4 of exponent, 3 of mantissa; no infinity.</summary>
    Float8E4M3FN = 17,

    /// <summary>8 bits: 4 of exponent, 3 of mantissa; no infinity, no negative zero.</summary>
    Float8E4M3FNUZ = 18,

    /// <summary>8 bits: 5 of exponent, 2 of mantissa.</summary>
    Float8E5M2 = 19,

    /// <summary>8 bits: 5 of exponent, 2 of mantissa; no infinity, no negative zero.</summary>
    Float8E5M2FNUZ = 20,

    /// <summary>4 bits, from 0 to 15.</summary>
    UInt4 = 21,

    /// <summary>4 bits, from −8 to 7.</summary>
    Int4 = 22,

    /// <summary>4 bits: 2 of exponent, 1 of mantissa.</summary>
    Float4E2M1 = 23,

    /// <summary>8 bits of exponent: powers of 2.</summary>
    Float8E8M0 = 24,

    /// <summary>2 bits, from 0 to 3.</summary>
    UInt2 = 25,

    /// <summary>2 bits, from −2 to 1.</summary>
    Int2 = 26,
}
