namespace Dime.Fuzz.Contract;

/// <summary>Alters inputs by chance: the same seed makes the same.</summary>
internal sealed class Mutation(int seed)
{
    private static readonly byte[] _edges = [0, 1, 0x7F, 0x80, 0xFF];

    private readonly Random _random = new(seed);

    /// <summary>A copy with up to eight changes, and now and then a piece of another input.</summary>
    public byte[] Of(IReadOnlyList<byte[]> inputs)
    {
        List<byte> bytes = [.. inputs[_random.Next(inputs.Count)]];
        for (int change = _random.Next(1, 9); change > 0; change--)
        {
            Change(bytes, inputs);
        }

        return [.. bytes];
    }

    private void Change(List<byte> bytes, IReadOnlyList<byte[]> inputs)
    {
        int place = _random.Next(bytes.Count + 1);
        int length = Math.Min(_random.Next(1, 17), bytes.Count - place);
        switch (_random.Next(6))
        {
            case 0 when place < bytes.Count:
                bytes[place] = (byte)_random.Next(256);
                break;
            case 1 when place < bytes.Count:
                bytes[place] ^= (byte)(1 << _random.Next(8));
                break;
            case 2:
                for (int i = 0; i < length; i++)
                {
                    bytes[place + i] = _edges[_random.Next(_edges.Length)];
                }

                break;
            case 3:
                bytes.RemoveRange(place, length);
                break;
            case 4:
                bytes.InsertRange(place, bytes.GetRange(place, length));
                break;
            default:
                byte[] other = inputs[_random.Next(inputs.Count)];
                int start = _random.Next(other.Length + 1);
                bytes.InsertRange(place, other.AsSpan(start, Math.Min(_random.Next(64), other.Length - start)));
                break;
        }
    }
}
