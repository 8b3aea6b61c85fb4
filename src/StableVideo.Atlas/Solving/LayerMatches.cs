namespace StableVideo.Atlas.Solving;

/// <summary>All that flow says about a layer's motion.</summary>
/// <param name="Global">G_t, one per frame.</param>
/// <param name="Reference">The frame that is held at its global motion.</param>
/// <param name="Neighbours">Matches between neighbouring frames.</param>
internal sealed record LayerMatches(Homography[] Global, int Reference, MatchList[] Neighbours);
