using StableVideo.Onnx;

namespace StableVideo.Diffusion.Networks;

/// <summary>Turns token ids into what the denoiser is conditioned on.</summary>
public interface ITextEncoder : IDisposable
{
    /// <summary>Number of ids each prompt must have (padding included): 77 for CLIP.</summary>
    int Length { get; }

    /// <summary>Width D of the hidden states.</summary>
    int Width { get; }

    /// <summary>Encodes a batch of prompts.</summary>
    /// <param name="prompts">B arrays of <see cref="Length"/> token ids.</param>
    /// <param name="cancellationToken">Ends the run before its next operator.</param>
    /// <exception cref="ArgumentException">A prompt of another length, or an id outside the vocabulary.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    TextEmbedding Encode(ReadOnlySpan<int[]> prompts, CancellationToken cancellationToken = default);
}

/// <summary>The encoded prompts of a batch.</summary>
/// <param name="Hidden">[B,L,D], the cross-attention context.</param>
/// <param name="Pooled">[B,P] where the model conditions on a pooled embedding, otherwise null.</param>
public sealed record TextEmbedding(FloatTensor Hidden, FloatTensor? Pooled);
