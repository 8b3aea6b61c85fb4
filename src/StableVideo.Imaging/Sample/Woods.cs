using System.Numerics;

namespace StableVideo.Imaging;

/// <summary>Plants trees, bushes and a fence on the meadow, the far ones first.</summary>
internal sealed class Woods(Raster<float> picture, float unit, int seed)
{
    private readonly int noiseSeed = (seed * 1000) + 500;

    /// <summary>Trees between the horizon and the road, a fence along the road.</summary>
    public void Plant(float horizon, float roadTop)
    {
        var random = new Random(seed + 77);
        var trees = new List<(float X, float Base, float Height, bool Conifer, float Tint)>();
        var span = picture.Width / unit;
        for (var i = 0; i < span * 0.42f; i++)
        {
            var near = MathF.Pow(random.NextSingle(), 1.6f);
            trees.Add((random.NextSingle() * span, 1.5f + (13f * near), 4f + (19f * near * (0.75f + (0.5f * random.NextSingle()))), random.NextSingle() < 0.35f, random.NextSingle()));
        }

        foreach (var (x, foot, height, conifer, tint) in trees.OrderBy(tree => tree.Base))
        {
            var root = new Vector2(x * unit, horizon + (foot * unit));
            Shade(root, height * unit);
            if (conifer)
                Conifer(root, height * unit * 1.15f, tint, random);
            else
                Broadleaf(root, height * unit, tint, random);
        }

        Fence(roadTop);
    }

    private void Broadleaf(Vector2 root, float height, float tint, Random random)
    {
        Trunk(root, height * 0.5f, height * 0.035f);
        var centre = root - new Vector2(0, height * 0.62f);
        var (width, tall) = (height * (0.34f + (0.1f * tint)), height * 0.38f);
        var leaf = Vector3.Lerp(new(74, 108, 46), new(134, 142, 58), tint);
        var clumps = 26 + (int)(height / unit * 4);
        for (var i = 0; i < clumps; i++)
        {
            var angle = random.NextSingle() * MathF.Tau;
            var radius = MathF.Sqrt(random.NextSingle());
            var offset = new Vector2(MathF.Cos(angle) * width, MathF.Sin(angle) * tall) * radius;
            var shade = 0.62f + (0.52f * ((float)i / clumps)) - (0.28f * offset.Y / tall) - (0.14f * offset.X / width);
            Clump(centre + offset, height * (0.07f + (0.07f * random.NextSingle())), leaf * shade, i);
        }
    }

    private void Conifer(Vector2 root, float height, float tint, Random random)
    {
        Trunk(root, height * 0.2f, height * 0.02f);
        var needle = Vector3.Lerp(new(34, 62, 44), new(62, 92, 58), tint);
        var clumps = 40 + (int)(height / unit * 4);
        for (var i = 0; i < clumps; i++)
        {
            var up = 0.1f + (0.88f * random.NextSingle());
            var reach = height * 0.2f * (1.04f - up) * ((2 * random.NextSingle()) - 1);
            var shade = 0.75f + (0.45f * random.NextSingle()) - (0.8f * reach / height) + (0.2f * up);
            Clump(root + new Vector2(reach, -up * height), height * 0.045f * (1.25f - (0.8f * up)), needle * shade, i);
        }
    }

    /// <summary>A ragged disc of leaves, lighter on its upper left.</summary>
    private void Clump(Vector2 centre, float radius, Vector3 colour, int index)
    {
        var reach = (int)MathF.Ceiling(radius * 1.5f) + 1;
        for (var y = (int)centre.Y - reach; y <= (int)centre.Y + reach; y++)
        {
            for (var x = (int)centre.X - reach; x <= (int)centre.X + reach; x++)
            {
                if ((uint)x >= (uint)picture.Width || (uint)y >= (uint)picture.Height)
                    continue;
                var offset = new Vector2(x + 0.5f - centre.X, y + 0.5f - centre.Y) / Math.Max(radius, 0.6f);
                var leaves = Noise.Fractal(x / unit * 1.9f, y / unit * 1.9f, 2, noiseSeed + index);
                var cover = Noise.Step(1.25f, 0.85f, offset.Length() + (0.95f * (leaves - 0.5f)));
                if (cover <= 0)
                    continue;
                var light = 0.72f + (0.62f * leaves) - (0.20f * (offset.X + (1.4f * offset.Y)));
                Blend(x, y, colour * light, cover);
            }
        }
    }

    private void Trunk(Vector2 root, float height, float halfWidth)
    {
        for (var y = (int)(root.Y - height); y <= (int)root.Y; y++)
        {
            var half = halfWidth * (0.7f + (0.5f * (y - root.Y + height) / height));
            for (var x = (int)(root.X - half - 1); x <= (int)(root.X + half + 1); x++)
            {
                var across = (x + 0.5f - root.X) / Math.Max(half, 0.3f);
                var bark = 0.7f + (0.5f * Noise.Fractal(x / unit * 2.5f, y / unit * 0.9f, 2, noiseSeed + 60));
                Blend(x, y, new Vector3(86, 70, 54) * bark * (1 - (0.3f * across)), Noise.Step(1.1f, 0.8f, MathF.Abs(across)));
            }
        }
    }

    /// <summary>Soft shade on the grass to the right of a tree's foot.</summary>
    private void Shade(Vector2 root, float height)
    {
        var (reachX, reachY) = (height * 0.55f, height * 0.07f);
        var centre = root + new Vector2(height * 0.2f, 0);
        for (var y = (int)(centre.Y - reachY); y <= (int)(centre.Y + reachY); y++)
        {
            for (var x = (int)(centre.X - reachX); x <= (int)(centre.X + reachX); x++)
            {
                var d = new Vector2((x - centre.X) / reachX, (y - centre.Y) / reachY).Length();
                Blend(x, y, new(30, 46, 28), 0.55f * Noise.Step(1, 0.3f, d + (0.5f * (Noise.Value(x / unit, y / unit * 3, noiseSeed + 61) - 0.5f))));
            }
        }
    }

    private void Fence(float roadTop)
    {
        var (foot, height) = (roadTop - (1.2f * unit), 4.2f * unit);
        for (var x = 0; x < picture.Width; x++)
        {
            foreach (var rail in (ReadOnlySpan<float>)[0.35f, 0.75f])
            {
                var line = foot - (height * rail) + (0.25f * unit * (Noise.Value(x / unit * 0.15f, rail * 9, noiseSeed + 62) - 0.5f));
                for (var y = (int)(line - (0.4f * unit)); y <= (int)(line + (0.4f * unit)); y++)
                    Blend(x, y, Wood(x, y) * 1.05f, Noise.Step(0.32f * unit, 0.2f * unit, MathF.Abs(y + 0.5f - line)));
            }
        }

        for (var post = 0f; post < picture.Width; post += 9.5f * unit)
        {
            var centre = post + (unit * 1.2f * Noise.Hash((int)post, 5, noiseSeed));
            for (var y = (int)(foot - height); y <= (int)foot; y++)
            {
                for (var x = (int)(centre - unit); x <= (int)(centre + unit); x++)
                    Blend(x, y, Wood(x, y) * (x + 0.5f < centre ? 1.15f : 0.85f), Noise.Step(0.55f * unit, 0.4f * unit, MathF.Abs(x + 0.5f - centre)));
            }
        }
    }

    private Vector3 Wood(int x, int y) => new Vector3(148, 130, 104) * (0.68f + (0.5f * Noise.Fractal(x / unit * 1.3f, y / unit * 3f, 3, noiseSeed + 63)));

    private void Blend(int x, int y, Vector3 colour, float cover)
    {
        if ((uint)x >= (uint)picture.Width || (uint)y >= (uint)picture.Height || cover <= 0)
            return;
        var row = picture.Row(y);
        var old = new Vector3(row[3 * x], row[(3 * x) + 1], row[(3 * x) + 2]);
        Landscape.Store(row, x, Vector3.Lerp(old, colour, cover));
    }
}
