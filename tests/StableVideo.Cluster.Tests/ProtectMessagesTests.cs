using StableVideo.Storage;

namespace StableVideo.Tests.Cluster;

/// <summary>Masks that protect parts of an atlas, on their way through requests.</summary>
public sealed class ProtectMessagesTests
{
    private static readonly ArtifactId Painted = ArtifactId.Of("painted"u8);

    [Fact]
    public void Masks_that_protect_survive_the_request()
    {
        var inputs = WorkFolder.Inputs() with { ProtectBackground = Painted, ProtectForeground = ArtifactId.Of("other"u8) };
        Assert.Equal(inputs, JobMessages.ToInputs(JobMessages.ToRequest(inputs)));
        Assert.Equal([inputs.Video, inputs.ProtectBackground!.Value, inputs.ProtectForeground!.Value], inputs.Artifacts);
    }

    [Fact]
    public void A_mask_that_protects_makes_another_job_and_none_leaves_the_id_as_it_was()
    {
        var plain = WorkFolder.Inputs();
        Assert.Equal("edit-85aa469e0cb6ee6bb090", JobId.For(plain));
        var ids = new[] { plain, plain with { ProtectBackground = Painted }, plain with { ProtectForeground = Painted } }.Select(JobId.For);
        Assert.Equal(3, ids.Distinct().Count());
        Assert.Equal(["protected background"], JobMessages.Differences(plain, plain with { ProtectBackground = Painted }));
        Assert.Equal(["protected object"], JobMessages.Differences(plain, plain with { ProtectForeground = Painted }));
    }

    [Fact]
    public void What_is_no_artifact_id_is_named()
    {
        var request = JobMessages.ToRequest(WorkFolder.Inputs()) with { ProtectBackground = "b.png", ProtectForeground = "f.png" };
        var refusal = Assert.Throws<JobRejectedException>(() => JobMessages.ToInputs(request));
        Assert.Equal(
            [
                "Mask of the protected background 'b.png' is not an artifact id. Upload the mask first and use the id it was given.",
                "Mask of the protected object 'f.png' is not an artifact id. Upload the mask first and use the id it was given.",
            ],
            refusal.Errors);
    }
}
