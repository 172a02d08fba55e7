# A simulated MiniMax, published by this machine.
ARG BASE
FROM ${BASE}
COPY . /app
WORKDIR /app
USER 1654:1654
ENV DOTNET_EnableDiagnostics=0
ENTRYPOINT ["dotnet"]
