# Stands in for mcr.microsoft.com/dotnet/sdk: the machine's own SDK, and its ways to the package registry.
ARG BASE
FROM ${BASE}
COPY dotnet /usr/share/dotnet
COPY NuGet /root/.nuget/NuGet
COPY certs /etc/ssl/certs
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet
# Without ICU, which the real image has and no build here needs.
ENV DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
