using System.Numerics.Tensors;
using StableVideo.Onnx;

namespace StableVideo.Diffusion.Networks;

/// <summary>
/// The embedded model's text encoder: hidden = LayerNorm(token[id] + position), and pooled = the sum of the content tokens' embeddings divided by
/// sqrt(max(1, n)), so that a prompt's words count alike wherever they stand. Small enough to need no graph.
/// </summary>
internal sealed class TokenTextEncoder : ITextEncoder
{
    private const string Prefix = "text_model.";

    private readonly FloatTensor _tokens;
    private readonly FloatTensor _positions;
    private readonly float[] _scale;
    private readonly float[] _shift;
    private readonly float _epsilon;
    private readonly int _start;
    private readonly int _end;

    private TokenTextEncoder(NetworkConfig config, TensorFile weights)
    {
        Width = config.Integer("hidden_size");
        Length = config.Integer("max_position_embeddings");
        var vocabulary = config.Integer("vocab_size");
        _epsilon = config.Number("layer_norm_eps", 1e-5f);
        // As in CLIP's vocabulary, the start and end tokens are the last two.
        _start = config.Integer("bos_token_id", vocabulary - 2);
        _end = config.Integer("eos_token_id", vocabulary - 1);
        _tokens = Read(weights, "embeddings.token_embedding.weight", vocabulary, Width);
        _positions = Read(weights, "embeddings.position_embedding.weight", Length, Width);
        _scale = Read(weights, "final_layer_norm.weight", Width).Data;
        _shift = Read(weights, "final_layer_norm.bias", Width).Data;
    }

    public int Length { get; }

    public int Width { get; }

    public static ITextEncoder Open(string folder) =>
        NetworkFolder.Open<ITextEncoder>(folder, WeightsFile.TransformersName, (config, weights) => new TokenTextEncoder(config, weights));

    public TextEmbedding Encode(ReadOnlySpan<int[]> prompts, CancellationToken cancellationToken = default)
    {
        var ids = TokenIds.Flatten(prompts, Length, _tokens.Shape[0]);
        var hidden = new FloatTensor(prompts.Length, Length, Width);
        var pooled = new FloatTensor(prompts.Length, Width);
        for (var row = 0; row < prompts.Length; row++)
        {
            var sum = pooled.Row(row);
            var content = 0;
            for (var i = 0; i < Length; i++)
            {
                var id = (int)ids[(row * Length) + i];
                var output = hidden.Row(row).Slice(i * Width, Width);
                TensorPrimitives.Add(_tokens.Row(id), _positions.Row(i), output);
                Normalize(output);
                if (id == _start || id == _end)
                    continue;
                TensorPrimitives.Add(sum, _tokens.Row(id), sum);
                content++;
            }

            TensorPrimitives.Divide(sum, MathF.Sqrt(Math.Max(1, content)), sum);
        }

        return new TextEmbedding(hidden, pooled);
    }

    public void Dispose()
    {
    }

    private static FloatTensor Read(TensorFile weights, string name, params int[] shape)
    {
        var tensor = weights.ReadFloats(Prefix + name);
        return tensor.Shape.AsSpan().SequenceEqual(shape)
            ? tensor
            : throw new ModelException($"{weights.Path}: tensor '{Prefix}{name}' is {tensor}; its config.json asks for [{string.Join(",", shape)}].");
    }

    private void Normalize(Span<float> values)
    {
        var mean = TensorPrimitives.Sum<float>(values) / values.Length;
        TensorPrimitives.Subtract(values, mean, values);
        var variance = TensorPrimitives.SumOfSquares<float>(values) / values.Length;
        TensorPrimitives.Divide(values, MathF.Sqrt(variance + _epsilon), values);
        TensorPrimitives.MultiplyAdd(values, _scale, _shift, values);
    }
}
