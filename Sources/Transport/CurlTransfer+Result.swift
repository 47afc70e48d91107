internal import CCurl

extension CurlTransfer {
  /// The failure behind libcurl's result, told apart by what it means for the caller; nil when the transfer is whole.
  ///
  /// Text of libcurl may hold the address: it is redacted by the caller.
  func error(for result: CURLcode) -> TransportError? {
    if let failure { return failure }
    if wasRefusedByGuard, let purpose = refusedPurpose {
      return TransportError(
        .protocolError, reason: "address-refused", "the host's address is \(purpose.rawValue): feeds are not fetched from there",
        hint: "if the feed really stands in your own network, set 'allow-private: true'")
    }
    guard result != CURLE_OK else {
      return excessBytes && head.status == 200 ? truncated("the server sent more than it had declared") : nil
    }
    let text = handle.errorText
    let detail = text.isEmpty ? unsafe String(cString: curl_easy_strerror(result)) : text
    return switch result {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: unavailable("resolve", detail)
    case CURLE_COULDNT_CONNECT: unavailable("connect", detail)
    case CURLE_OPERATION_TIMEDOUT: unavailable("timeout", detail)
    case CURLE_GOT_NOTHING: unavailable("no-answer", "the server closed the connection without an answer")
    case CURLE_PARTIAL_FILE: truncated(detail)
    case CURLE_SEND_ERROR: unavailable("send", detail)
    case CURLE_RECV_ERROR: receiveError(detail)
    case CURLE_FILESIZE_EXCEEDED: TransportError(.refused, reason: "wire-cap", "the body is longer than allowed")
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP2, CURLE_HTTP2_STREAM:
      TransportError(.protocolError, reason: "http", detail)
    case CURLE_OUT_OF_MEMORY where !head.isComplete:
      TransportError(.protocolError, reason: "header-cap", "a header line is too long")
    case CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ENGINE_NOTFOUND:
      TransportError(.configuration, reason: "certificate-file", detail)
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR,
      CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_SHUTDOWN_FAILED, CURLE_USE_SSL_FAILED, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
      CURLE_SSL_CLIENTCERT:
      TransportError(.protocolError, reason: "tls", detail)
    case CURLE_URL_MALFORMAT: TransportError(.configuration, reason: "url", detail)
    case CURLE_WRITE_ERROR, CURLE_OUT_OF_MEMORY: TransportError(.inputOutput, reason: "libcurl", detail)
    default: TransportError(.protocolError, reason: "libcurl-\(result.rawValue)", detail)
    }
  }

  /// Broken off in the body: a cut set must not be used. Broken chunk framing is the server's fault and will not pass.
  private func receiveError(_ detail: String) -> TransportError {
    if detail.lowercased().split(separator: " ").contains(where: { $0.hasPrefix("chunk") }) {
      return TransportError(.protocolError, reason: "chunk", detail)
    }
    return head.isComplete && head.status == 200 ? truncated(detail) : unavailable("receive", detail)
  }

  private func unavailable(_ reason: String, _ message: String) -> TransportError {
    TransportError(.unavailable, reason: reason, message, isTransient: true)
  }

  private func truncated(_ detail: String) -> TransportError {
    TransportError(.refused, reason: "truncated", "the body is not whole: \(detail)", isTransient: true)
  }
}
