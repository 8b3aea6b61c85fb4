namespace StableVideo.Onnx;

/// <summary>A finished ONNX graph, ready for <see cref="NetworkSession.Open"/>.</summary>
/// <param name="Model">The serialised ModelProto.</param>
/// <param name="WeightsFolder">Folder of the files the graph's weights lie in, or null where it holds all of them itself.</param>
public sealed record NetworkGraph(ReadOnlyMemory<byte> Model, string? WeightsFolder);
