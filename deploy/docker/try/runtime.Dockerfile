# Stands in for mcr.microsoft.com/dotnet/aspnet: the machine's own runtime, the same user and the same defaults.
ARG BASE
FROM ${BASE}
COPY dotnet /usr/share/dotnet
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet && useradd --uid 1654 --user-group --create-home app
ENV ASPNETCORE_HTTP_PORTS=8080 DOTNET_RUNNING_IN_CONTAINER=true
