using StableVideo.Imaging;
using StableVideo.Storage;

namespace StableVideo.Editing;

/// <summary>The masks by which a person keeps parts of an atlas from being edited.</summary>
internal static class ProtectMasks
{
    /// <summary>Looks at the masks as soon as the atlases are there: one that does not fit is refused before anything is painted. Not part of a result.</summary>
    /// <exception cref="EditException">A mask does not have the size of its atlas, or is no picture.</exception>
    public static async Task CheckAsync(JobInputs inputs, StageResult decompose, IArtifactStore store, CancellationToken cancellationToken)
    {
        if (inputs.ProtectBackground is { } background)
            await CheckAsync(background, "background", ArtifactNames.BackgroundAtlas);
        if (inputs.ProtectForeground is { } foreground)
            await CheckAsync(foreground, "foreground", ArtifactNames.ForegroundAtlas);

        async Task CheckAsync(ArtifactId mask, string layer, string name)
        {
            var atlas = await store.ReadImageAsync(decompose.Artifacts[name], 1, cancellationToken);
            _ = await ReadAsync(mask, layer, atlas.Width, atlas.Height, store, cancellationToken);
        }
    }

    /// <summary>A mask, [V,U,1].</summary>
    /// <param name="mask">Its artifact.</param>
    /// <param name="layer">"background" or "foreground".</param>
    /// <param name="width">Width of the layer's atlas.</param>
    /// <param name="height">Height of the layer's atlas.</param>
    /// <param name="store">Where it is read from.</param>
    /// <param name="cancellationToken">Stops early.</param>
    /// <exception cref="EditException">It does not have the size of its atlas, or is no picture.</exception>
    public static async Task<Raster<byte>> ReadAsync(
        ArtifactId mask, string layer, int width, int height, IArtifactStore store, CancellationToken cancellationToken)
    {
        Raster<byte> picture;
        try
        {
            picture = await store.ReadImageAsync(mask, 1, cancellationToken);
        }
        catch (MediaException exception)
        {
            throw new EditException($"The mask that protects the {layer} can not be used: {exception.Message}", exception);
        }
        catch (ArtifactNotFoundException exception)
        {
            throw new EditException($"The mask that protects the {layer} is not in the store. Upload it again.", exception);
        }

        if (picture.Width != width || picture.Height != height)
        {
            throw new EditException(
                $"The mask that protects the {layer} is {picture.Width}x{picture.Height} but the {layer} atlas of this clip is {width}x{height}. Paint it on the picture of the atlas, at its size.");
        }

        return picture;
    }
}
