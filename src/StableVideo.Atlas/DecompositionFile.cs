namespace StableVideo.Atlas;

/// <summary>The artifact's bytes: a magic number and version, then one deflated body.</summary>
internal static class DecompositionFile
{
    public static void Write(Decomposition decomposition, Stream destination) => throw new NotImplementedException();

    public static Decomposition Read(Stream source) => throw new NotImplementedException();
}
