namespace StableVideo.Diffusion.Networks;

/// <summary>Checks the token ids that a text encoder is given.</summary>
internal static class TokenIds
{
    public static long[] Flatten(ReadOnlySpan<int[]> prompts, int length, int vocabulary)
    {
        var ids = new long[prompts.Length * length];
        for (var row = 0; row < prompts.Length; row++)
        {
            if (prompts[row].Length != length)
                throw new ArgumentException($"Prompt {row} has {prompts[row].Length} token ids; the text encoder takes exactly {length}.", nameof(prompts));
            for (var i = 0; i < length; i++)
            {
                var id = prompts[row][i];
                if ((uint)id >= (uint)vocabulary)
                    throw new ArgumentException($"Token id {id} is outside the vocabulary of {vocabulary}.", nameof(prompts));
                ids[(row * length) + i] = id;
            }
        }

        return ids;
    }
}
