using StableVideo.Onnx;

namespace StableVideo.Diffusion.Networks;

/// <summary>CLIP's text transformer: causal attention, and a final normalisation over every position.</summary>
internal sealed class ClipTextEncoder : ITextEncoder
{
    private const string Ids = "ids", Hidden = "hidden";

    private readonly NetworkSession _session;
    private readonly int _vocabulary;

    private ClipTextEncoder(NetworkConfig config, TensorFile weights, NetworkOptions options)
    {
        config.Require("hidden_act", "quick_gelu", "gelu");
        Width = config.Integer("hidden_size");
        Length = config.Integer("max_position_embeddings", 77);
        _vocabulary = config.Integer("vocab_size");
        _session = NetworkSession.Open(Draw(config, weights), options);
    }

    public int Length { get; }

    public int Width { get; }

    public static ITextEncoder Open(string folder, NetworkOptions options) => NetworkFolder.Open<ITextEncoder>(
        folder, WeightsFile.TransformersName, (config, weights) => new ClipTextEncoder(config, weights, options));

    public TextEmbedding Encode(ReadOnlySpan<int[]> prompts, CancellationToken cancellationToken = default)
    {
        var ids = TokenIds.Flatten(prompts, Length, _vocabulary);
        return new TextEmbedding(_session.Run(cancellationToken, (Ids, new LongTensor(ids, prompts.Length, Length)))[0], Pooled: null);
    }

    public void Dispose() => _session.Dispose();

    private NetworkGraph Draw(NetworkConfig config, TensorFile weights)
    {
        var heads = config.Integer("num_attention_heads");
        var epsilon = config.Number("layer_norm_eps", 1e-5f);
        var graph = new GraphBuilder("clip text encoder");
        var layers = new NetworkLayers(graph, weights);
        var ids = graph.Input(Ids, TensorElement.Int64, "batch", Length);
        var tokens = graph.Gather(layers.Weight("text_model.embeddings.token_embedding.weight"), ids);
        var x = graph.Reshape(graph.Add(tokens, layers.Weight("text_model.embeddings.position_embedding.weight")), -1, Width);
        for (var i = 0; i < config.Integer("num_hidden_layers"); i++)
        {
            var name = $"text_model.encoder.layers.{i}";
            var h = layers.LayerNormalization(x, $"{name}.layer_norm1", epsilon);
            h = graph.Attention(Project(h, "q_proj"), Project(h, "k_proj"), Project(h, "v_proj"), heads, causal: true);
            x = graph.Add(x, layers.Linear(graph.Reshape(h, -1, Width), $"{name}.self_attn.out_proj"));
            h = layers.Linear(layers.LayerNormalization(x, $"{name}.layer_norm2", epsilon), $"{name}.mlp.fc1");
            h = config.Text("hidden_act", "quick_gelu") == "quick_gelu" ? graph.QuickGelu(h) : graph.Gelu(h);
            x = graph.Add(x, layers.Linear(h, $"{name}.mlp.fc2"));

            GraphValue Project(GraphValue rows, string projection) =>
                graph.Reshape(layers.Linear(rows, $"{name}.self_attn.{projection}"), -1, Length, Width);
        }

        x = layers.LayerNormalization(x, "text_model.final_layer_norm", epsilon);
        graph.Output(Hidden, graph.Reshape(x, -1, Length, Width), "batch", Length, Width);
        return graph.Build();
    }
}
