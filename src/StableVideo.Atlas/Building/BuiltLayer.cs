using StableVideo.Imaging;

namespace StableVideo.Atlas.Building;

/// <summary>A layer whose atlas is finished, at the precision it was built with.</summary>
/// <param name="Picture">The atlas and the mapping into it.</param>
/// <param name="Coverage">1 channel of the atlas' size: 255 where frames have been seen, 0 where the atlas was filled in.</param>
internal sealed record BuiltLayer(LayerPicture Picture, Raster<byte> Coverage)
{
    public Layer ToLayer() => new(Picture.Map, Picture.Atlas.ToBytes(), Coverage);
}
