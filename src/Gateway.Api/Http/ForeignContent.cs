namespace Gateway.Api.Http;

internal static class ForeignContent
{
    extension(HttpResponse response)
    {
        /// <summary>What others made must not run as a page of ours, whatever it calls itself.</summary>
        public void BeForeign()
        {
            response.Headers.XContentTypeOptions = "nosniff";
            response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        }
    }
}
