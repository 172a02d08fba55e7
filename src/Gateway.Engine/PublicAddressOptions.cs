using System.ComponentModel.DataAnnotations;

namespace Gateway.Engine;

/// <summary>Where the world finds the gateway (<c>Gateway</c>).</summary>
internal sealed class PublicAddressOptions : IValidatableObject
{
    /// <summary>
    /// The address the gateway is reached at from outside (http or https, a path prefix may follow): makes links absolute and lets MiniMax
    /// call back, so that a task's end is noticed at once.
    /// </summary>
    /// <value>relative links, polling only</value>
    public Uri? PublicUrl { get; set; }

    // A wrong one would show only when the first upstream calls it, as a submit that the upstream refuses.
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (
            PublicUrl is null
                or { IsAbsoluteUri: true, Scheme: "http" or "https", Query: "", Fragment: "", UserInfo: "", Host.Length: > 0 })
            yield break;
        yield return new ValidationResult(
            $"is '{PublicUrl.OriginalString}'; it must be an absolute http or https address without query, such as " +
                $"https://gateway.example.com",
            [nameof(PublicUrl)]);
    }
}
