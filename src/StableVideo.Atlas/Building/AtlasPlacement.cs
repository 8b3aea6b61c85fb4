using StableVideo.Imaging;

namespace StableVideo.Atlas.Building;

/// <summary>Which rectangle of a layer's UV plane becomes its atlas, and at what scale.</summary>
/// <param name="Left">Smallest u.</param>
/// <param name="Top">Smallest v.</param>
/// <param name="Width">Atlas width in pixels.</param>
/// <param name="Height">Atlas height in pixels.</param>
/// <param name="Scale">Atlas pixels per UV unit.</param>
internal readonly record struct AtlasPlacement(double Left, double Top, int Width, int Height, double Scale)
{
    private const byte Member = 76;
    private const double Margin = 8;
    private const int LeastPixels = 20;

    /// <summary>Encloses every place the layer's members are seen at; far outliers are cut, and the scale falls where the atlas would grow too large.</summary>
    /// <param name="map">The solved mapping.</param>
    /// <param name="weights">Per frame [h, w, 1] 0..255: membership of the layer.</param>
    /// <param name="scale">Wanted atlas pixels per UV unit.</param>
    /// <param name="maximumSide">Most pixels along a side.</param>
    public static AtlasPlacement Enclose(UvMap map, Raster<byte>[] weights, double scale, int maximumSide)
    {
        List<Box> boxes = [];
        for (var t = 0; t < weights.Length; t++)
        {
            if (Box.Around(map, t, weights[t]) is { } box)
                boxes.Add(box);
        }

        if (boxes.Count == 0)
            throw new AtlasException("A layer is empty in every frame: the mask must leave both a moving object and a background.");
        var all = boxes[0];
        foreach (var box in boxes)
            all = all.Union(box);
        var side = Math.Max(all.Right - all.Left, all.Bottom - all.Top) + (2 * Margin);
        scale = Math.Min(scale, maximumSide / side);
        return new AtlasPlacement(
            all.Left - Margin,
            all.Top - Margin,
            Math.Max(8, (int)Math.Ceiling((all.Right - all.Left + (2 * Margin)) * scale)),
            Math.Max(8, (int)Math.Ceiling((all.Bottom - all.Top + (2 * Margin)) * scale)),
            scale);
    }

    /// <summary>The mapping in pixels of this atlas.</summary>
    public UvMap Place(UvMap map)
    {
        var (left, top, scale) = (Left, Top, Scale);
        var global = map.Global.Select(g => new Homography(scale, 0, 0, 0, scale, 0, 0, 0, 1).After(g.Shifted(-left, -top))).ToArray();
        var lattice = new float[map.Lattice.Length];
        for (var i = 0; i < lattice.Length; i++)
            lattice[i] = MathF.Round((float)(map.Lattice[i] * scale) / UvMap.Step) * UvMap.Step;
        return new UvMap(map.Width, map.Height, map.Spacing, global, lattice);
    }

    private readonly record struct Box(double Left, double Top, double Right, double Bottom)
    {
        /// <summary>The UV box of a frame's members without the outermost 0.1 % on each side; null with too few members.</summary>
        public static Box? Around(UvMap map, int frame, Raster<byte> weight)
        {
            List<float> us = [], vs = [];
            var uv = new float[weight.Width * 2];
            for (var y = 0; y < weight.Height; y++)
            {
                var members = weight.Row(y);
                if (members.IndexOfAnyInRange((byte)(Member + 1), byte.MaxValue) < 0)
                    continue;
                map.FillRow(frame, y, weight.Width, weight.Height, uv);
                for (var x = 0; x < members.Length; x++)
                {
                    if (members[x] <= Member || !float.IsFinite(uv[2 * x]) || !float.IsFinite(uv[(2 * x) + 1]))
                        continue;
                    us.Add(uv[2 * x]);
                    vs.Add(uv[(2 * x) + 1]);
                }
            }

            if (us.Count < LeastPixels)
                return null;
            us.Sort();
            vs.Sort();
            var cut = us.Count / 1000;
            return new Box(us[cut], vs[cut], us[^(cut + 1)], vs[^(cut + 1)]);
        }

        public Box Union(Box other) => new(
            Math.Min(Left, other.Left), Math.Min(Top, other.Top), Math.Max(Right, other.Right), Math.Max(Bottom, other.Bottom));
    }
}
