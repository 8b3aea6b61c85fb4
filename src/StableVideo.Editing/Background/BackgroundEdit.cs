using StableVideo.Atlas;
using StableVideo.Diffusion;
using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>The background edit of section 3.2.</summary>
internal static class BackgroundEdit
{
    private const double LongestAspect = 3; // longer atlases are cut into tiles

    /// <summary>The background atlas painted anew after <see cref="EditSettings.BackgroundPrompt"/>, at its own size.</summary>
    public static Raster<byte> Paint(
        Layer background, ImageModel model, EditSettings settings, Action<double, string> report, StagePreviews previews, CancellationToken cancellationToken)
    {
        var source = FillUnseen(background);
        var info = model.Info;
        var (width, height) = WorkingSize.ByShorterSide(source.Width, source.Height, info.WorkingSize, info.SizeMultiple);
        // A mirrored margin: models are unsure at a picture's border, and the atlas is cut out of a larger world.
        var margin = info.SizeMultiple <= info.WorkingSize / 16 ? info.SizeMultiple : 0;
        var small = Mirrored(Resample.Resize(source, width, height, ResampleFilter.Area), margin);
        var painted = PaintTiles(small, model, settings, report, previews, cancellationToken).Crop(new PixelBox(margin, margin, width, height));
        report(0.95, "background: restoring detail");
        return DetailTransfer.Apply(painted, source, null, DetailTransfer.FidelityOf(info.Guidance)).ToBytes();
    }

    /// <summary>What no frame ever showed is continued from around it, so that the model does not take a hole for a thing.</summary>
    private static Raster<byte> FillUnseen(Layer background)
    {
        var seen = new Raster<float>(background.AtlasWidth, background.AtlasHeight, 1);
        for (var i = 0; i < seen.Data.Length; i++)
            seen.Data[i] = background.Coverage.Data[i] / 255f;
        return PushPull.Fill(background.Atlas.ToFloat(), seen).ToBytes();
    }

    private static Raster<byte> Mirrored(Raster<byte> picture, int margin)
    {
        var (w, h) = (picture.Width, picture.Height);
        var result = new Raster<byte>(w + (2 * margin), h + (2 * margin), 3);
        static int Fold(int i, int n)
        {
            i = Math.Abs(i) % Math.Max(1, 2 * (n - 1));
            return i < n ? i : (2 * (n - 1)) - i;
        }

        for (var y = 0; y < result.Height; y++)
        {
            for (var x = 0; x < result.Width; x++)
            {
                for (var c = 0; c < 3; c++)
                    result[x, y, c] = picture[Fold(x - margin, w), Fold(y - margin, h), c];
            }
        }

        return result;
    }

    private static Raster<byte> PaintTiles(
        Raster<byte> source, ImageModel model, EditSettings settings, Action<double, string> report, StagePreviews previews, CancellationToken cancellationToken)
    {
        var multiple = model.Info.SizeMultiple;
        var shorter = Math.Min(source.Width, source.Height);
        var longest = (int)(shorter * LongestAspect) / multiple * multiple;
        var (tileWidth, tileHeight) = (Math.Min(source.Width, longest), Math.Min(source.Height, longest));
        var overlap = shorter / 2;
        var tiles = (from y in Tiling.Starts(source.Height, tileHeight, overlap)
                     from x in Tiling.Starts(source.Width, tileWidth, overlap)
                     select new PixelBox(x, y, tileWidth, tileHeight)).ToList();
        if (tiles.Count == 1)
            return PaintTile(source, model, settings, (fraction, message) => report(0.95 * fraction, message), previews, cancellationToken);

        var sum = new Raster<float>(source.Width, source.Height, 3);
        var weights = new Raster<float>(source.Width, source.Height, 1);
        for (var i = 0; i < tiles.Count; i++)
        {
            var (done, tile) = (i, tiles[i]);
            var painted = PaintTile(
                source.Crop(tile),
                model,
                settings,
                (fraction, message) => report(0.95 * (done + fraction) / tiles.Count, $"{message}, tile {done + 1} of {tiles.Count}"),
                previews,
                cancellationToken);
            Blend(painted, tile, overlap, sum, weights);
        }

        for (var i = 0; i < sum.Data.Length; i++)
            sum.Data[i] /= weights.Data[i / 3];
        return sum.ToBytes();
    }

    private static void Blend(Raster<byte> painted, PixelBox tile, int overlap, Raster<float> sum, Raster<float> weights)
    {
        for (var y = 0; y < tile.Height; y++)
        {
            var wy = Tiling.Weight(y, tile.Height, overlap, tile.Y == 0, tile.Y + tile.Height == sum.Height);
            for (var x = 0; x < tile.Width; x++)
            {
                var w = wy * Tiling.Weight(x, tile.Width, overlap, tile.X == 0, tile.X + tile.Width == sum.Width);
                weights[tile.X + x, tile.Y + y] += w;
                for (var c = 0; c < 3; c++)
                    sum[tile.X + x, tile.Y + y, c] += w * painted[x, y, c];
            }
        }
    }

    private static Raster<byte> PaintTile(
        Raster<byte> source, ImageModel model, EditSettings settings, Action<double, string> report, StagePreviews previews, CancellationToken cancellationToken)
    {
        var request = new ImageRequest
        {
            Prompt = settings.BackgroundPrompt!,
            NegativePrompt = settings.NegativePrompt,
            Structure = source,
            Seed = settings.Seed,
            Steps = settings.Steps ?? 0,
            GuidanceScale = settings.GuidanceScale ?? model.Info.SceneGuidanceScale,
            ControlScale = settings.ControlScale,
        };
        return model.Generate(request, new StepProgress(report, "background", previews, ArtifactNames.BackgroundPreview), cancellationToken);
    }
}
