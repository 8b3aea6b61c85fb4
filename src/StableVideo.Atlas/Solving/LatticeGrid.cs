namespace StableVideo.Atlas.Solving;

/// <summary>Shape of a residual lattice: T frames of Rows x Columns nodes, <see cref="Spacing"/> frame pixels apart, two unknowns (u, v) each.</summary>
internal readonly record struct LatticeGrid(int Frames, int Width, int Height, float Spacing)
{
    public int Columns => UvMap.NodeCount(Width, Spacing);

    public int Rows => UvMap.NodeCount(Height, Spacing);

    public int NodesPerFrame => Columns * Rows;

    public int Unknowns => Frames * NodesPerFrame * 2;

    /// <summary>The cell that holds a continuous frame position: its upper-left node (numbered over all frames) and the place inside it, 0..1.</summary>
    public CellPoint Locate(int frame, float x, float y)
    {
        float gx = Math.Clamp(x / Spacing, 0f, Columns - 1.0001f), gy = Math.Clamp(y / Spacing, 0f, Rows - 1.0001f);
        int i = (int)gx, j = (int)gy;
        return new CellPoint((((frame * Rows) + j) * Columns) + i, gx - i, gy - j);
    }
}

/// <summary>A point inside a lattice cell.</summary>
/// <param name="Node">The cell's upper-left node.</param>
/// <param name="X">0..1 from left to right.</param>
/// <param name="Y">0..1 from top to bottom.</param>
internal readonly record struct CellPoint(int Node, float X, float Y)
{
    /// <summary>Bilinear weights of the cell's four nodes: upper left, upper right, lower left, lower right.</summary>
    public (float W00, float W10, float W01, float W11) Weights => ((1 - X) * (1 - Y), X * (1 - Y), (1 - X) * Y, X * Y);
}
