namespace StableVideo.Imaging;

/// <summary>What <see cref="SampleClip"/> renders. Equal options give equal pictures.</summary>
public sealed record SampleClipOptions
{
    /// <summary>Frame width in pixels, even; default 640.</summary>
    public int Width { get; init; } = 640;

    /// <summary>Frame height in pixels, even; default 360.</summary>
    public int Height { get; init; } = 360;

    /// <summary>Number of frames; the whole move is spread over them. Default 60.</summary>
    public int FrameCount { get; init; } = 60;

    /// <summary>Frames per second; default 24.</summary>
    public FrameRate Rate { get; init; } = new(24, 1);

    /// <summary>Chooses the landscape; default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Darkness of the car's shadow on the road, 0 (none, the background is then exactly static) .. 1; default 0.45.</summary>
    public float Shadow { get; init; } = 0.45f;

    /// <summary>Size of the car's turn: it starts this many degrees nose towards the camera and ends with two thirds as much the other way. Default 18.</summary>
    public float TurnDegrees { get; init; } = 18;

    /// <summary>Fails if a value is out of range.</summary>
    internal void Validate()
    {
        if (Width < 16 || Height < 16 || ((Width | Height) & 1) != 0)
            throw new ArgumentException($"A sample clip needs an even size of at least 16x16, not {Width}x{Height}.");
        ArgumentOutOfRangeException.ThrowIfLessThan(FrameCount, 1);
        if (!(Shadow is >= 0 and <= 1))
            throw new ArgumentException($"Shadow must lie in 0..1, not {Shadow}.");
    }
}
