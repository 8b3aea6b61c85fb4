namespace StableVideo.Client;

/// <summary>One element of a watch: either the job as it stands, or something that happened to it.</summary>
/// <param name="Job">The job as it stands.</param>
/// <param name="Event">What happened.</param>
public sealed record JobUpdate(Job? Job, JobEvent? Event);
