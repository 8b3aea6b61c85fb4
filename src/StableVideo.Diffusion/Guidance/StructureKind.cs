namespace StableVideo.Diffusion;

/// <summary>What a model's ControlNet wants to see of the structure picture.</summary>
public enum StructureKind
{
    /// <summary>The model has no ControlNet: the structure picture gives the size only.</summary>
    None,

    /// <summary>Three channels: luminance, its edges and its local contrast.</summary>
    Luminance,

    /// <summary>Canny edges, white on black.</summary>
    Canny,

    /// <summary>Inverse depth, 0 (far) to 1 (near), from a monocular-depth network.</summary>
    Depth,
}
