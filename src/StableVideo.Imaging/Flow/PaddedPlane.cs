using System.Buffers;

namespace StableVideo.Imaging.Flow;

/// <summary>One channel of floats with its border pixels repeated outwards, so that inner loops need no bounds checks. Memory is rented.</summary>
internal sealed class PaddedPlane : IDisposable
{
    /// <summary>Repeated pixels on every side.</summary>
    public const int Pad = 24;

    public PaddedPlane(int width, int height)
    {
        (Width, Height, Stride) = (width, height, width + (2 * Pad));
        Length = Stride * (height + (2 * Pad));
        Data = ArrayPool<float>.Shared.Rent(Length);
        Data.AsSpan(0, Length).Clear();
    }

    public int Width { get; }

    public int Height { get; }

    public int Stride { get; }

    /// <summary>Elements in use.</summary>
    public int Length { get; }

    /// <summary>At least <see cref="Length"/> elements, zero at first.</summary>
    public float[] Data { get; private set; }

    public void Dispose()
    {
        ArrayPool<float>.Shared.Return(Data);
        Data = [];
    }

    /// <summary>Where pixel (<paramref name="x"/>, <paramref name="y"/>) lies in <see cref="Data"/>; coordinates may reach <see cref="Pad"/> pixels outside.</summary>
    public int Index(int x, int y) => ((y + Pad) * Stride) + x + Pad;

    public Span<float> Row(int y) => Data.AsSpan(Index(0, y), Width);

    public static PaddedPlane From(Raster<byte> gray)
    {
        var plane = new PaddedPlane(gray.Width, gray.Height);
        for (var y = 0; y < gray.Height; y++)
        {
            var from = gray.Row(y);
            var to = plane.Row(y);
            for (var x = 0; x < to.Length; x++)
                to[x] = from[x];
        }

        plane.RepeatBorder();
        return plane;
    }

    /// <summary>Half the size after a 1-3-3-1 smoothing in x and y, centred between the two pixels that become one.</summary>
    public PaddedPlane Halve()
    {
        var half = new PaddedPlane(Width / 2, Height / 2);
        Span<float> column = new float[Stride];
        for (var y = 0; y < half.Height; y++)
        {
            var rows = Data.AsSpan(Index(-Pad, (2 * y) - 1));
            for (var x = 0; x < Stride; x++)
                column[x] = 0.125f * (rows[x] + rows[x + (3 * Stride)] + (3 * (rows[x + Stride] + rows[x + (2 * Stride)])));
            var to = half.Row(y);
            for (int x = 0, i = Pad; x < to.Length; x++, i += 2)
                to[x] = 0.125f * (column[i - 1] + column[i + 2] + (3 * (column[i] + column[i + 1])));
        }

        half.RepeatBorder();
        return half;
    }

    /// <summary>Central differences along x and y.</summary>
    public (PaddedPlane X, PaddedPlane Y) Gradients()
    {
        var (dx, dy) = (new PaddedPlane(Width, Height), new PaddedPlane(Width, Height));
        for (var y = 0; y < Height; y++)
        {
            for (int x = 0, i = Index(0, y); x < Width; x++, i++)
            {
                dx.Data[i] = 0.5f * (Data[i + 1] - Data[i - 1]);
                dy.Data[i] = 0.5f * (Data[i + Stride] - Data[i - Stride]);
            }
        }

        dx.RepeatBorder();
        dy.RepeatBorder();
        return (dx, dy);
    }

    public void RepeatBorder()
    {
        for (var y = 0; y < Height; y++)
        {
            Data.AsSpan(Index(-Pad, y), Pad).Fill(Data[Index(0, y)]);
            Data.AsSpan(Index(Width, y), Pad).Fill(Data[Index(Width - 1, y)]);
        }

        var first = Data.AsSpan(Index(-Pad, 0), Stride);
        var last = Data.AsSpan(Index(-Pad, Height - 1), Stride);
        for (var k = 1; k <= Pad; k++)
        {
            first.CopyTo(Data.AsSpan(Index(-Pad, -k), Stride));
            last.CopyTo(Data.AsSpan(Index(-Pad, Height - 1 + k), Stride));
        }
    }
}
