using System.IO.Compression;
using StableVideo.Imaging;

namespace StableVideo.Atlas.Masks;

/// <summary>Masks of all frames at full size, a few kilobytes each while nobody looks at them.</summary>
internal sealed class PackedMasks(int count, int width, int height)
{
    private readonly byte[][] _packed = new byte[count][];

    public void Put(int frame, Raster<byte> mask)
    {
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            deflate.Write(mask.Data);
        _packed[frame] = packed.ToArray();
    }

    public Raster<byte> Get(int frame)
    {
        var mask = new Raster<byte>(width, height, 1);
        using var inflate = new ZLibStream(new MemoryStream(_packed[frame], writable: false), CompressionMode.Decompress);
        inflate.ReadExactly(mask.Data);
        return mask;
    }
}
