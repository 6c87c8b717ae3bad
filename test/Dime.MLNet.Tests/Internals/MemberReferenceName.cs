namespace Dime.MLNet.Tests.Internals;

/// <summary>A method or field as compiled code refers to it; the signature as <see cref="SignatureNames"/> writes it.</summary>
internal sealed record MemberReferenceName(string TypeName, string Name, string Signature)
{
    public override string ToString() => $"{TypeName}.{Name}: {Signature}";
}
