using System.IO.Compression;
using System.Runtime.InteropServices;
using StableVideo.Atlas.Building;
using StableVideo.Atlas.Solving;
using StableVideo.Imaging;

namespace StableVideo.Atlas.Steps;

/// <summary>The things a state is made of, as bytes. Everything comes back to the last bit.</summary>
internal static class StateParts
{
    /// <summary>Masks and alpha are mostly flat: a few kilobytes each.</summary>
    public static void Masks(this PartWriter writer, Raster<byte>[] masks)
    {
        var packed = new byte[masks.Length][];
        Parallel.For(0, masks.Length, t => packed[t] = Deflate(masks[t].Data));
        foreach (var mask in packed)
            writer.Numbers<byte>(mask);
    }

    public static Raster<byte>[] Masks(this PartReader reader, SolveClip clip)
    {
        var masks = new Raster<byte>[clip.Count];
        for (var t = 0; t < masks.Length; t++)
        {
            masks[t] = new Raster<byte>(clip.Width, clip.Height, 1);
            using var inflate = new ZLibStream(new MemoryStream(reader.Numbers<byte>(), writable: false), CompressionMode.Decompress);
            inflate.ReadExactly(masks[t].Data);
        }

        return masks;
    }

    public static void Flow(this PartWriter writer, TrustedFlow flow)
    {
        for (var t = 0; t < flow.Count; t++)
            writer.Numbers<TrustedFlow.Sample>(flow.Known(t));
    }

    public static TrustedFlow Flow(this PartReader reader, SolveClip clip) =>
        TrustedFlow.Of(Enumerable.Range(0, clip.Count - 1).Select(_ => reader.Numbers<TrustedFlow.Sample>()), clip.Width, clip.Height);

    public static void Matches(this PartWriter writer, LayerMatches matches)
    {
        writer.Numbers<Homography>(matches.Global);
        writer.Number(matches.Reference);
        writer.Matches(matches.Neighbours);
    }

    public static LayerMatches LayerMatches(this PartReader reader, SolveClip clip) =>
        new(reader.Numbers<Homography>(clip.Count), reader.Index(clip.Count), reader.Matches(clip));

    public static void Matches(this PartWriter writer, MatchList[] matches)
    {
        writer.Number(matches.Length);
        foreach (var list in matches)
        {
            writer.Number(list.FrameA);
            writer.Number(list.FrameB);
            writer.Numbers<PointMatch>(CollectionsMarshal.AsSpan(list.Points));
        }
    }

    public static MatchList[] Matches(this PartReader reader, SolveClip clip)
    {
        var matches = new MatchList[reader.Index(2 * clip.Count)];
        for (var i = 0; i < matches.Length; i++)
            matches[i] = new MatchList(reader.Index(clip.Count), reader.Index(clip.Count), [.. reader.Numbers<PointMatch>()]);
        return matches;
    }

    public static void Map(this PartWriter writer, UvMap map)
    {
        writer.Number(map.Spacing);
        writer.Numbers<Homography>([.. map.Global]);
        writer.Numbers(map.Lattice);
    }

    public static UvMap Map(this PartReader reader, SolveClip clip) =>
        new(clip.FrameWidth, clip.FrameHeight, reader.Number<float>(), reader.Numbers<Homography>(clip.Count), reader.Numbers<float>());

    public static void Layer(this PartWriter writer, BuiltLayer layer)
    {
        writer.Map(layer.Picture.Map);
        writer.Number(layer.Coverage.Width);
        writer.Number(layer.Coverage.Height);
        writer.Numbers<float>(layer.Picture.Atlas.Data);
        writer.Numbers<byte>(layer.Coverage.Data);
    }

    public static BuiltLayer Layer(this PartReader reader, SolveClip clip)
    {
        var map = reader.Map(clip);
        int width = reader.Number<int>(), height = reader.Number<int>();
        return new BuiltLayer(new LayerPicture(map, new Raster<float>(width, height, 3, reader.Numbers<float>())), new Raster<byte>(width, height, 1, reader.Numbers<byte>()));
    }

    public static void Shades(this PartWriter writer, byte[][] alpha, GainField gain)
    {
        foreach (var frame in alpha)
            writer.Numbers<byte>(frame);
        writer.Number(gain.Columns);
        writer.Number(gain.Rows);
        writer.Numbers(gain.Values);
    }

    public static (byte[][] Alpha, GainField Gain) Shades(this PartReader reader, SolveClip clip)
    {
        var alpha = new byte[clip.Count][];
        for (var t = 0; t < alpha.Length; t++)
            alpha[t] = reader.Numbers<byte>();
        return (alpha, new GainField(clip.Count, reader.Number<int>(), reader.Number<int>(), reader.Numbers<float>()));
    }

    private static byte[] Deflate(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            deflate.Write(bytes);
        return packed.ToArray();
    }
}
