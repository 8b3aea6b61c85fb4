namespace StableVideo.Onnx;

/// <summary>Where one tensor lies in a <see cref="TensorFile"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Element">Its element type.</param>
/// <param name="Shape">Lengths of its dimensions, outermost first.</param>
/// <param name="Offset">First byte, counted from the start of the file; any alignment.</param>
/// <param name="ByteCount">Number of bytes.</param>
public sealed record TensorEntry(string Name, TensorElement Element, IReadOnlyList<int> Shape, long Offset, long ByteCount);
