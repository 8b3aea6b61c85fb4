namespace StableVideo.Diffusion;

/// <summary>
/// PyTorch's CPU generator: <c>torch.Generator().manual_seed(seed)</c> and <c>torch.randn(..., generator)</c> in float32, so that a seed means the same
/// start noise here and there.
/// </summary>
/// <remarks>
/// The engine is mt19937 (Matsumoto and Nishimura 1998). Tensors of 16 and more elements are filled with 24-bit uniforms and then turned into normals in
/// blocks of 16, eight pairs (i, i + 8) each, by Box and Muller; smaller ones take 53-bit uniforms, two for each pair of values, one after the other.
/// Not thread safe.
/// </remarks>
public sealed class TorchRandom
{
    private const int StateLength = 624;
    private const int StateShift = 397;
    private const int Block = 16;

    private readonly uint[] _state = new uint[StateLength];
    private int _next = StateLength;
    private double? _spare;

    /// <summary>A generator seeded as by <c>manual_seed</c>; the low 32 bits of <paramref name="seed"/> count.</summary>
    public TorchRandom(ulong seed)
    {
        _state[0] = (uint)seed;
        for (var i = 1; i < StateLength; i++)
            _state[i] = 1812433253u * (_state[i - 1] ^ (_state[i - 1] >> 30)) + (uint)i;
    }

    /// <summary>Standard normal values as <c>torch.randn(count)</c> gives them.</summary>
    /// <param name="count">Number of values, at least 0.</param>
    public float[] Normal(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var values = new float[count];
        FillNormal(values);
        return values;
    }

    /// <summary>Fills a span as <c>tensor.normal_()</c> fills a contiguous tensor of that many elements.</summary>
    public void FillNormal(Span<float> values)
    {
        if (values.Length < Block)
        {
            foreach (ref var value in values)
                value = (float)NextNormal();
            return;
        }

        foreach (ref var value in values)
            value = NextUniform24();
        for (var start = 0; start + Block <= values.Length; start += Block)
            UniformsToNormals(values.Slice(start, Block));
        if (values.Length % Block == 0)
            return;

        // The last, incomplete block is drawn anew together with the values before it.
        var tail = values[^Block..];
        foreach (ref var value in tail)
            value = NextUniform24();
        UniformsToNormals(tail);
    }

    /// <summary>The next 32 random bits.</summary>
    public uint NextBits()
    {
        if (_next == StateLength)
            Twist();
        var bits = _state[_next++];
        bits ^= bits >> 11;
        bits ^= (bits << 7) & 0x9d2c5680;
        bits ^= (bits << 15) & 0xefc60000;
        return bits ^ (bits >> 18);
    }

    private static void UniformsToNormals(Span<float> block)
    {
        const int Half = Block / 2;
        for (var i = 0; i < Half; i++)
        {
            var radius = MathF.Sqrt(-2 * MathF.Log(1 - block[i]));
            var (sine, cosine) = MathF.SinCos(2 * MathF.PI * block[i + Half]);
            block[i] = radius * cosine;
            block[i + Half] = radius * sine;
        }
    }

    private float NextUniform24() => (NextBits() & ((1u << 24) - 1)) * (1f / (1 << 24));

    private double NextUniform53()
    {
        var high = (ulong)NextBits() << 32;
        var bits = high | NextBits();
        return (bits & ((1ul << 53) - 1)) * (1.0 / (1ul << 53));
    }

    private double NextNormal()
    {
        if (_spare is { } second)
        {
            _spare = null;
            return second;
        }

        var turn = NextUniform53();
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextUniform53()));
        var (sine, cosine) = Math.SinCos(2 * Math.PI * turn);
        _spare = radius * sine;
        return radius * cosine;
    }

    private void Twist()
    {
        for (var i = 0; i < StateLength; i++)
        {
            var bits = (_state[i] & 0x80000000) | (_state[(i + 1) % StateLength] & 0x7fffffff);
            _state[i] = _state[(i + StateShift) % StateLength] ^ (bits >> 1) ^ ((bits & 1) * 0x9908b0df);
        }

        _next = 0;
    }
}
