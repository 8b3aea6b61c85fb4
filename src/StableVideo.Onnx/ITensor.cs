namespace StableVideo.Onnx;

/// <summary>A value that can be fed to a network: <see cref="FloatTensor"/> or <see cref="LongTensor"/>.</summary>
public interface ITensor
{
    /// <summary>Lengths of the dimensions, outermost first.</summary>
    int[] Shape { get; }
}
