//! AES modes on the chip's block cipher (chip reference 5.1).
//!
//! The key never leaves the chip; every 16 bytes are a command of about 10 ms (GCM: two), so this is for
//! keys and short messages, not for streams of data.

use super::session::Session;
use super::wake::Wake;
use crate::command::{Aes, AesDirection, AesGfm, AesKey};
use crate::driver::block::{Block, first_counter, increment, increment32, lengths};
use crate::error::{Argument, Error, ErrorKind};
use crate::secret::equal;
use crate::secret::wipe;
use crate::secret::xor;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

/// # AES
///
/// All methods here work on a session, so that a key in TempKey works, too. `key` is a slot's or
/// TempKey's.
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Session<'_, I2C, D, W> {
    /// Encrypts one block.
    ///
    /// # Errors
    /// As [`execute`](Self::execute). Status [`Execution`](crate::Status::Execution): the slot holds
    /// no AES key, or a missing authorisation or latch; [`Parse`](crate::Status::Parse): AES is off.
    ///
    /// # Cancel safety
    /// The command may have run, and the session is over: drop it, too.
    #[doc(alias("atcab_aes", "atcab_aes_encrypt"))]
    pub async fn aes_encrypt(&mut self, key: AesKey, block: &Block) -> Result<Block, Error<I2C::Error>> {
        self.execute(&Aes { key, direction: AesDirection::Encrypt, input: block }).await
    }

    /// Decrypts one block.
    ///
    /// # Errors
    /// As [`aes_encrypt`](Self::aes_encrypt).
    ///
    /// # Cancel safety
    /// The command may have run, and the session is over: drop it, too.
    #[doc(alias("atcab_aes", "atcab_aes_decrypt"))]
    pub async fn aes_decrypt(&mut self, key: AesKey, block: &Block) -> Result<Block, Error<I2C::Error>> {
        self.execute(&Aes { key, direction: AesDirection::Decrypt, input: block }).await
    }

    /// Encrypts whole blocks in place (CBC). CBC alone does not notice tampering.
    ///
    /// # Errors
    /// [`Argument::Alignment`] unless `data` is whole blocks of 16 bytes; else as
    /// [`aes_encrypt`](Self::aes_encrypt), with `data` encrypted in part.
    ///
    /// # Cancel safety
    /// Cut off, `data` may be changed in part; the session is over.
    #[doc(alias = "atcab_aes_cbc_encrypt_block")]
    pub async fn aes_cbc_encrypt(
        &mut self,
        key: AesKey,
        iv: &Block,
        data: &mut [u8],
    ) -> Result<(), Error<I2C::Error>> {
        let (blocks, []) = data.as_chunks_mut::<16>() else {
            return Err(Error::argument(Argument::Alignment));
        };
        let mut last = *iv;
        for block in blocks {
            xor(block, &last);
            *block = self.aes_encrypt(key, block).await?;
            last = *block;
        }
        Ok(())
    }

    /// Decrypts whole blocks in place (CBC).
    ///
    /// # Errors
    /// As [`aes_cbc_encrypt`](Self::aes_cbc_encrypt).
    ///
    /// # Cancel safety
    /// Cut off, `data` may be changed in part; the session is over.
    #[doc(alias = "atcab_aes_cbc_decrypt_block")]
    pub async fn aes_cbc_decrypt(
        &mut self,
        key: AesKey,
        iv: &Block,
        data: &mut [u8],
    ) -> Result<(), Error<I2C::Error>> {
        let (blocks, []) = data.as_chunks_mut::<16>() else {
            return Err(Error::argument(Argument::Alignment));
        };
        let mut last = *iv;
        for block in blocks {
            let ciphertext = *block;
            *block = self.aes_decrypt(key, block).await?;
            xor(block, &last);
            last = ciphertext;
        }
        Ok(())
    }

    /// Encrypts or decrypts any number of bytes in place (CTR, the whole block counts). Never use a
    /// counter block twice with one key.
    ///
    /// # Errors
    /// As [`aes_encrypt`](Self::aes_encrypt), with `data` changed in part.
    ///
    /// # Cancel safety
    /// Cut off, `data` may be changed in part; the session is over.
    #[doc(alias("atcab_aes_ctr_encrypt_block", "atcab_aes_ctr_decrypt_block"))]
    pub async fn aes_ctr(
        &mut self,
        key: AesKey,
        counter: &Block,
        data: &mut [u8],
    ) -> Result<(), Error<I2C::Error>> {
        self.key_stream(key, *counter, increment, data).await
    }

    async fn key_stream(
        &mut self,
        key: AesKey,
        mut counter: Block,
        next: fn(Block) -> Block,
        data: &mut [u8],
    ) -> Result<(), Error<I2C::Error>> {
        for part in data.chunks_mut(16) {
            let mut stream = self.aes_encrypt(key, &counter).await?;
            xor(part, &stream);
            wipe(&mut stream);
            counter = next(counter);
        }
        Ok(())
    }

    /// Encrypts in place and returns the tag (GCM, 96-bit nonce). Never use a nonce twice with one
    /// key.
    ///
    /// # Errors
    /// As [`aes_encrypt`](Self::aes_encrypt), with `data` encrypted in part.
    ///
    /// # Cancel safety
    /// Cut off, `data` may be changed in part; the session is over.
    #[doc(alias(
        "atcab_aes_gcm_init",
        "atcab_aes_gcm_aad_update",
        "atcab_aes_gcm_encrypt_update",
        "atcab_aes_gcm_encrypt_finish"
    ))]
    pub async fn aes_gcm_seal(
        &mut self,
        key: AesKey,
        nonce: &[u8; 12],
        associated: &[u8],
        data: &mut [u8],
    ) -> Result<Block, Error<I2C::Error>> {
        let counter = first_counter(nonce);
        self.key_stream(key, increment32(counter), increment32, data).await?;
        self.gcm_tag(key, counter, associated, data).await
    }

    /// Checks the tag, in constant time, and decrypts in place (GCM). With a wrong tag nothing is
    /// decrypted.
    ///
    /// # Errors
    /// [`ErrorKind::Forged`] if the tag is wrong; else as [`aes_encrypt`](Self::aes_encrypt).
    ///
    /// # Cancel safety
    /// Cut off, `data` may be changed in part; the session is over.
    #[doc(alias(
        "atcab_aes_gcm_init",
        "atcab_aes_gcm_aad_update",
        "atcab_aes_gcm_decrypt_update",
        "atcab_aes_gcm_decrypt_finish"
    ))]
    pub async fn aes_gcm_open(
        &mut self,
        key: AesKey,
        nonce: &[u8; 12],
        associated: &[u8],
        data: &mut [u8],
        tag: &Block,
    ) -> Result<(), Error<I2C::Error>> {
        let counter = first_counter(nonce);
        if !equal(&self.gcm_tag(key, counter, associated, data).await?, tag) {
            return Err(Error::new(crate::wire::Opcode::Aes, ErrorKind::Forged));
        }
        self.key_stream(key, increment32(counter), increment32, data).await
    }

    async fn gcm_tag(
        &mut self,
        key: AesKey,
        counter: Block,
        associated: &[u8],
        ciphertext: &[u8],
    ) -> Result<Block, Error<I2C::Error>> {
        let mut h = self.aes_encrypt(key, &[0; 16]).await?;
        let lengths = lengths(associated, ciphertext);
        let mut hash = [0; 16];
        for block in associated.chunks(16).chain(ciphertext.chunks(16)).chain([&lengths[..]]) {
            xor(&mut hash, block);
            hash = self.execute(&AesGfm { h: &h, input: &hash }).await?;
        }
        wipe(&mut h);
        xor(&mut hash, &self.aes_encrypt(key, &counter).await?);
        Ok(hash)
    }
}
