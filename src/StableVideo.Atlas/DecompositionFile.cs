using System.IO.Compression;
using System.Text;
using StableVideo.Imaging;

namespace StableVideo.Atlas;

/// <summary>
/// The artifact's bytes: magic number and version, then one zlib body of little-endian numbers: frame size and count, metrics, gain, both layers
/// (spacing, global motions, lattice, atlas and coverage as PNG), and alpha per frame.
/// Lattices and gains are whole numbers of small steps, stored as differences from the frame before.
/// </summary>
internal static class DecompositionFile
{
    private const int Version = 1;
    private const int MaximumSide = 32768;
    private const int MaximumFrames = 1_000_000;

    private static ReadOnlySpan<byte> Magic => "SVATLAS\n"u8;

    public static void Write(Decomposition decomposition, Stream destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        destination.Write(Magic);
        destination.Write(BitConverter.GetBytes(Version));
        using var body = new ZLibStream(destination, CompressionLevel.Optimal, leaveOpen: true);
        using var writer = new BinaryWriter(body, Encoding.UTF8, leaveOpen: true);
        writer.Write(decomposition.Width);
        writer.Write(decomposition.Height);
        writer.Write(decomposition.FrameCount);
        WriteMetrics(writer, decomposition.Metrics);
        WriteGain(writer, decomposition.Gain);
        WriteLayer(writer, decomposition.Foreground);
        WriteLayer(writer, decomposition.Background);
        for (var t = 0; t < decomposition.FrameCount; t++)
            WriteBlock(writer, decomposition.DeflatedAlpha(t));
    }

    public static Decomposition Read(Stream source)
    {
        ArgumentNullException.ThrowIfNull(source);
        try
        {
            Span<byte> magic = stackalloc byte[Magic.Length];
            source.ReadExactly(magic);
            if (!magic.SequenceEqual(Magic))
                throw new AtlasException("This is not a decomposition: its first bytes are not those of one.");
            Span<byte> version = stackalloc byte[4];
            source.ReadExactly(version);
            if (BitConverter.ToInt32(version) != Version)
                throw new AtlasException($"This decomposition has version {BitConverter.ToInt32(version)}, this program reads version {Version}. Decompose the clip again.");
            using var body = new ZLibStream(source, CompressionMode.Decompress, leaveOpen: true);
            using var reader = new BinaryReader(body, Encoding.UTF8, leaveOpen: true);
            var decomposition = ReadBody(reader);
            if (body.ReadByte() >= 0)
                throw new InvalidDataException("Bytes follow the end.");
            return decomposition;
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException or ArgumentException or OverflowException or MediaException)
        {
            throw new AtlasException("The decomposition is damaged or cut off. Decompose the clip again.", e);
        }
    }

    private static Decomposition ReadBody(BinaryReader reader)
    {
        int width = ReadCount(reader, MaximumSide), height = ReadCount(reader, MaximumSide), frames = ReadCount(reader, MaximumFrames);
        var metrics = ReadMetrics(reader);
        var gain = ReadGain(reader, frames);
        var foreground = ReadLayer(reader, width, height, frames);
        var background = ReadLayer(reader, width, height, frames);
        var alpha = new byte[frames][];
        for (var t = 0; t < frames; t++)
            alpha[t] = ReadBlock(reader);
        return new Decomposition(foreground, background, alpha, gain, metrics);
    }

    private static void WriteMetrics(BinaryWriter writer, DecompositionMetrics m)
    {
        foreach (var value in (ReadOnlySpan<double>)[m.Psnr, m.PsnrWithoutGain, m.ForegroundPsnr, m.WorstPsnr, m.Ssim, m.UvJitterMedian, m.UvJitter95, m.ForegroundShare])
            writer.Write(value);
    }

    private static DecompositionMetrics ReadMetrics(BinaryReader reader) => new(
        reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());

    private static void WriteGain(BinaryWriter writer, GainField gain)
    {
        writer.Write(gain.Columns);
        writer.Write(gain.Rows);
        WriteSteps(writer, gain.Values, gain.Columns * gain.Rows * 3, GainField.Step);
    }

    private static GainField ReadGain(BinaryReader reader, int frames)
    {
        int columns = ReadCount(reader, 1024), rows = ReadCount(reader, 1024);
        return new GainField(frames, columns, rows, ReadSteps(reader, checked(columns * rows * 3), frames, GainField.Step));
    }

    private static void WriteLayer(BinaryWriter writer, Layer layer)
    {
        var map = layer.Map;
        writer.Write(map.Spacing);
        foreach (var g in map.Global)
        {
            foreach (var value in (ReadOnlySpan<double>)[g.M0, g.M1, g.M2, g.M3, g.M4, g.M5, g.M6, g.M7, g.M8])
                writer.Write(value);
        }

        WriteSteps(writer, map.Lattice, map.Columns * map.Rows * 2, UvMap.Step);
        WriteBlock(writer, ImageFile.EncodePng(layer.Atlas));
        WriteBlock(writer, ImageFile.EncodePng(layer.Coverage));
    }

    private static Layer ReadLayer(BinaryReader reader, int width, int height, int frames)
    {
        var spacing = reader.ReadSingle();
        if (!(spacing >= 1))
            throw new InvalidDataException("Lattice spacing below one pixel.");
        var global = new Homography[frames];
        Span<double> m = stackalloc double[9];
        for (var t = 0; t < frames; t++)
        {
            for (var k = 0; k < 9; k++)
                m[k] = reader.ReadDouble();
            global[t] = Homography.From(m);
        }

        var perFrame = UvMap.NodeCount(width, spacing) * UvMap.NodeCount(height, spacing) * 2;
        var lattice = ReadSteps(reader, perFrame, frames, UvMap.Step);
        var atlas = ImageFile.Read(ReadBlock(reader), 3);
        var coverage = ImageFile.Read(ReadBlock(reader), 1);
        return new Layer(new UvMap(width, height, spacing, global, lattice), atlas, coverage);
    }

    /// <summary>Whole steps, as differences from the frame before.</summary>
    private static void WriteSteps(BinaryWriter writer, ReadOnlySpan<float> values, int perFrame, float step)
    {
        var previous = new int[perFrame];
        for (var i = 0; i < values.Length; i++)
        {
            var steps = checked((int)MathF.Round(values[i] / step));
            var difference = steps - previous[i % perFrame];
            writer.Write7BitEncodedInt((difference << 1) ^ (difference >> 31));
            previous[i % perFrame] = steps;
        }
    }

    private static float[] ReadSteps(BinaryReader reader, int perFrame, int frames, float step)
    {
        var values = new float[checked(perFrame * frames)];
        var previous = new int[perFrame];
        for (var i = 0; i < values.Length; i++)
        {
            var zigzag = (uint)reader.Read7BitEncodedInt();
            previous[i % perFrame] += (int)(zigzag >> 1) ^ -(int)(zigzag & 1);
            values[i] = previous[i % perFrame] * step;
        }

        return values;
    }

    private static void WriteBlock(BinaryWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    private static byte[] ReadBlock(BinaryReader reader)
    {
        var length = reader.ReadInt32();
        if (length < 0)
            throw new InvalidDataException("Negative length.");
        using var block = new MemoryStream();
        var buffer = new byte[65536];
        while (length > 0)
        {
            var n = reader.Read(buffer, 0, Math.Min(length, buffer.Length));
            if (n == 0)
                throw new EndOfStreamException();
            block.Write(buffer, 0, n);
            length -= n;
        }

        return block.ToArray();
    }

    private static int ReadCount(BinaryReader reader, int most)
    {
        var n = reader.ReadInt32();
        return n >= 1 && n <= most ? n : throw new InvalidDataException($"A count of {n}.");
    }
}
