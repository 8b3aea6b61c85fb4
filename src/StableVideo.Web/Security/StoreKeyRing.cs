using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;
using StableVideo.Storage;

namespace StableVideo.Web.Security;

/// <summary>Keeps the keys that protect cookies in the store of the system, so that every gateway understands what another has given out.</summary>
internal sealed class StoreKeyRing(ITenantStores stores) : IXmlRepository, IConfigureOptions<KeyManagementOptions>
{
    private const string Prefix = "dataprotection/";

    public void Configure(KeyManagementOptions options) => options.XmlRepository = this;

    public IReadOnlyCollection<XElement> GetAllElements() => Wait(async () =>
    {
        var elements = new List<XElement>();
        await foreach (var name in stores.System.ListDocumentsAsync(Prefix))
        {
            if (await stores.System.ReadDocumentAsync(name) is { } document)
                elements.Add(XElement.Parse(System.Text.Encoding.UTF8.GetString(document.Content.Span)));
        }

        return elements;
    });

    public void StoreElement(XElement element, string friendlyName) => Wait(() => stores.System.WriteDocumentAsync(
        Prefix + DocumentName.Escape(friendlyName), System.Text.Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting)), WriteCondition.Any));

    /// <summary>The interface knows no waiting; it is called at the start and when a key ends, every ninety days.</summary>
    private static T Wait<T>(Func<Task<T>> work) => Task.Run(work).GetAwaiter().GetResult();
}
