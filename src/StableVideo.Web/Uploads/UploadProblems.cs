using StableVideo.Web.Services;

namespace StableVideo.Web.Uploads;

/// <summary>What can go wrong with an upload.</summary>
internal static class UploadProblems
{
    public static ProblemException NotFound() =>
        new(404, "upload-not-found", "No such upload", "There is no such upload: check the id. One that was cancelled or has expired is gone; create a new one.");

    public static ProblemException Expired() =>
        new(410, "upload-expired", "The upload has expired", "No bytes came for too long. Create a new upload.");

    public static ProblemException WrongOffset(long asked, long actual) => new(
        409, "upload-offset-mismatch", "The upload does not stand there", $"Upload-Offset is {asked} but the upload stands at {actual}. Ask for it with HEAD and go on from there.");

    public static ProblemException TakenOver() => new(
        409, "upload-taken-over", "Another request continues the upload", "Another request has added bytes meanwhile. Ask for the offset with HEAD and go on from there.");

    public static ProblemException TooLong(long length) =>
        new(413, "upload-too-long", "More bytes than announced", $"The upload was announced with {length} bytes and more came. What came beyond is not kept.");

    public static ProblemException WrongChecksum() =>
        new(460, "checksum-mismatch", "The bytes do not match their checksum", "The bytes were damaged on their way and are not kept. Send them again.");

    public static ProblemException WrongVersion() =>
        new(412, "unsupported-tus-version", "The version of tus is not known", "Send the header Tus-Resumable: 1.0.0.");

    public static ProblemException WrongType() =>
        new(415, "unsupported-media-type", "The request has the wrong form", "Send bytes with the header Content-Type: application/offset+octet-stream.");

    public static ProblemException TooMany(int most) => new(
        429, "too-many-uploads", "Too many uploads are under way", $"At most {most} uploads may be unfinished at the same time. Finish or delete some, or wait until they expire.")
    {
        RetryAfter = TimeSpan.FromMinutes(1),
    };
}
