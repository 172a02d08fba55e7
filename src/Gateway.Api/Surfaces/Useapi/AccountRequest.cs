using Gateway.Model.Accounts;

namespace Gateway.Api.Surfaces.Useapi;

/// <summary>What a <c>POST</c> asks for.</summary>
/// <param name="Spec">The account.</param>
/// <param name="Secret">Its credential, to ask the upstream about; it is kept sealed alone.</param>
/// <param name="Validate">Whether the upstream is asked.</param>
/// <param name="SharesToken">Whether the id may be another name for an account that has the credential already.</param>
internal sealed record AccountRequest(AccountSpec Spec, string Secret, bool Validate, bool SharesToken)
{
    /// <summary>Never the secret.</summary>
    public override string ToString() => $"account {Spec.Id}";
}
